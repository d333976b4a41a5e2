-- Erases a person: the contact, its thread, whatever leads to them, and every token.
-- idempotent: no
-- include: element
-- include: inbox
-- include: admission
-- include: search
-- include: unsaid
--
-- Atomic: the version's check, everything that goes, what webhooks were to be told among it, the end of every
-- admission, the word to the hubs. A mark stays as long as a token may live, by which tokens are refused, and whatever
-- was under way writes nothing.
--
-- KEYS  contact, meta, log, inbox, contacts, indexes that lead to the contact ("" for none) x 2, then every other
--       key that goes
-- ARGV  version read, suffix, thread, channel, how long a token may live (seconds), the contact's terms (packed)
-- gives {ok} | {overtaken} | {moved, to}
local contact, meta, log, inbox, contacts = unpack(KEYS, 1, 5)
local suffix, thread, channel = ARGV[2], ARGV[3], ARGV[4]

local m = redis.call('HMGET', meta, 'moved', 'status', 'assignee', 'changes')
if m[1] then return {'moved', m[1]} end
if redis.call('HGET', contact, 'v') ~= ARGV[1] then return {'overtaken'} end

local rev = redis.call('LLEN', log) + (m[4] or 0) + 1
if m[2] then unfile(inbox, thread, m[2], m[3]) end
delist(contacts, 'ct_' .. suffix, cmsgpack.unpack(ARGV[6]))
for i = 6, 7 do
  if KEYS[i] ~= '' and redis.call('GET', KEYS[i]) == suffix then redis.call('DEL', KEYS[i]) end
end
finish(meta, channel, {'erased'})
local ends = redis.call('HMGET', meta, 'adm', 'ends')
redis.call('UNLINK', contact, meta, log, unpack(KEYS, 8))
redis.call('HSET', meta, 'erased', 1, 'ended', 1, 'adm', ends[1], 'ends', ends[2], 'changes', rev)
redis.call('EXPIRE', meta, ARGV[5])
row_changed(inbox, thread)
leave_unsaid(meta)
return {'ok'}
