/** Says in the page's console what is wrong. */
export function complain(name: string, message: string): void {
  console.error(`Onethread: ${name}: ${message}`);
}
