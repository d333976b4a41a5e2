/** What a website is given to have the chat: the snippet with an app's own address, id and secret in it. */

export interface Installed {
  /** The server's origin. */
  readonly server: string;
  readonly org: string;
  readonly appId: number;
  readonly appSecret: string;
}

/** `HelpCrunch`: pages that call the chat by that name go on as they are. */
export type Name = 'Onethread' | 'HelpCrunch';

/** The snippet; `user`: with who is logged in there, to be filled in by the page. */
export function snippet({ server, org, appId, appSecret }: Installed, name: Name, user: boolean): string {
  const alias = name === 'Onethread' ? '' : `s.setAttribute('data-alias',${quoted(name)});`;
  const script = quoted(`${server}/widget.js`);
  return `<script>
  (function(w,d){
    w.${name}=function(){w.${name}.q.push(arguments)};w.${name}.q=[];
    function r(){
      var s=d.createElement('script');s.async=1;${alias}
      s.src=${script};
      (d.body||d.head).appendChild(s);
    }
    w.addEventListener('load',r,false)
  })(window, document)
</script>
<script>
  ${name}('init', ${quoted(org)}, {
    applicationId: ${appId},
    applicationSecret: ${quoted(appSecret)}${user ? `,${USER}` : ''}
  });
  ${name}('showChatWidget');
</script>
`;
}

/** The tag by which a page that has HelpCrunch's calls already loads the chat. */
export function aliasTag(server: string): string {
  return `<script async src="${server}/widget.js" data-alias="HelpCrunch"></script>\n`;
}

const USER = `
    user: {
      user_id: '12345',
      name: 'Dana Reyes',
      email: 'dana@example.com',
      security_hash: 'a secret of this person’s, from your backend'
    }`;

// What would end the string, its line or the script it stands in.
const UNSAFE = /['\\<>&\u0000-\u001f\u2028\u2029]/g;

function quoted(text: string): string {
  return `'${text.replace(UNSAFE, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`)}'`;
}
