-- Gives a thread to an agent or to nobody, or opens or closes it: an event, and another place in the inbox.
-- idempotent: no
-- include: element
-- include: log
-- include: inbox
-- include: moves
-- include: outbox
--
-- Atomic: the cid's check and its note, the event, the status or assignee, the views, the row's rev, the word
-- to webhooks. Of two who assign at once one is first, for everybody.
--
-- KEYS  log, meta, cids, inbox
-- ARGV  cid key, event id, body, thread, channel, field (status|assignee), value ('' for nobody), at
-- gives seq | {dup, seq, element} | {moved, to} | {unknown}
local log, meta, cids, inbox = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local cid, id, body, thread, channel, field, value, at = unpack(ARGV)

local m = redis.call('HMGET', meta, 'epoch', 'status', 'assignee', 'moved')
if m[4] then return {'moved', m[4]} end
local known = redis.call('HGET', cids, cid)
if known then return {'dup', tonumber(known), redis.call('LINDEX', log, known - 1)} end
if not m[1] then return {'unknown'} end

local status, assignee = m[2], m[3]
local active = redis.call('ZSCORE', inbox .. ':' .. place_of(status, assignee), thread)
if active then unfile(inbox, thread, status, assignee) end
if field == 'status' then status = value else assignee = value end
if value == '' then redis.call('HDEL', meta, field) else redis.call('HSET', meta, field, value) end
if active then
  file(inbox, thread, active, status, assignee)
  note_move(inbox, thread, at)
end

local seq = push(log, meta, channel, id, body)
redis.call('HSET', cids, cid, seq)
row_changed(inbox, thread)
tell(log, {{field == 'status' and 'thread.status' or 'thread.assigned', seq, id}})
return seq
