-- Writes a contact if nobody else did meanwhile, and what goes with it.
-- idempotent: no
-- include: element
-- include: log
-- include: admission
-- include: contact
-- include: inbox
-- include: search
-- include: outbox
--
-- Atomic: the version's check, the profile, for a new one the user index and the thread; its place in the
-- list of contacts and its terms; the events; the ending of admissions; the row's rev; the word to the hubs
-- and to webhooks.
--
-- KEYS  contact, meta, log, index of the user_id or import_key ("" for a visitor), contacts, inbox
-- ARGV  version read (0: new), blob, suffix, thread, channel, epoch of a new thread, created at,
--       what ends (packed list of names, "" for nothing), session that writes ("" to tell nobody),
--       filing (packed {terms added, terms removed}, "" for no change), what webhooks are told (contact.created,
--       contact.updated, "" for nothing) [, event id, body]…
-- gives {ok, version, adm} | {overtaken} | {moved, to}
local contact, meta, log, user, contacts = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local version, blob, suffix, thread, channel = tonumber(ARGV[1]), ARGV[2], ARGV[3], ARGV[4], ARGV[5]

local m = redis.call('HMGET', meta, 'epoch', 'adm', 'moved', 'erased')
if m[3] then return {'moved', m[3]} end
if m[4] then return {'overtaken'} end
if tonumber(redis.call('HGET', contact, 'v') or 0) ~= version then return {'overtaken'} end
if user ~= '' and redis.call('GET', user) ~= (version > 0 and suffix or false) then return {'overtaken'} end

if version == 0 and user ~= '' then redis.call('SET', user, suffix) end
if ARGV[10] ~= '' then
  local filing = cmsgpack.unpack(ARGV[10])
  if version == 0 then
    enlist(contacts, 'ct_' .. suffix, ARGV[7], filing[1])
  else
    refile(contacts, 'ct_' .. suffix, filing)
  end
end
if not m[1] then create_thread(meta, ARGV[6]) end
write_contact(contact, version + 1, blob)
for i = 12, #ARGV, 2 do
  push(log, meta, channel, ARGV[i], ARGV[i + 1])
end
local adm = tonumber(m[2] or 0)
if ARGV[8] ~= '' then adm = finish(meta, channel, cmsgpack.unpack(ARGV[8])) end
if ARGV[9] ~= '' then redis.call('SPUBLISH', channel, 'f' .. ARGV[9] .. (version + 1) .. ' ' .. blob) end
if redis.call('EXISTS', log) == 1 then row_changed_beside(KEYS[6], thread, meta) end
if ARGV[11] ~= '' then
  tell(log, {{ARGV[11], version + 1, string.format('ct_%s-%d', suffix, version + 1)}})
end
return {'ok', version + 1, adm}
