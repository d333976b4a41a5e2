-- Edits or deletes a message: appends the change and rewrites the message in place.
-- idempotent: no
-- include: element
-- include: log
-- include: inbox
--
-- Atomic: the cid's check and its note, the target's check, the event, the message's new text (or none) and
-- rev, the old text's removal from the change before, the unread figures.
--
-- KEYS  log, meta, cids, inbox, cuts (deleted messages of the author's side, by seq)
-- ARGV  cid key, event id, kind (edited|deleted), side (c|a), at, thread, channel,
--       author's type, id, name, device, cid, target, target id, text
-- gives seq | {dup, seq, element} | {moved, to} | {unknown} | {unknown_target} | {not_yours}
local log, meta, cids, inbox, cuts = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local cid, id, kind, side, at, thread, channel = unpack(ARGV, 1, 7)
local author = {type = ARGV[8], id = ARGV[9], name = ARGV[10]}
local target, target_id, text = tonumber(ARGV[13]), ARGV[14], ARGV[15]

local m = redis.call('HMGET', meta, 'epoch', 'moved', 'rc', 'ra')
if m[2] then return {'moved', m[2]} end
if not m[1] then return {'unknown'} end
local known = redis.call('HGET', cids, cid)
if known then return {'dup', tonumber(known), redis.call('LINDEX', log, known - 1)} end

local element = redis.call('LINDEX', log, target - 1)
if target < 1 or not element or id_of(element) ~= target_id then return {'unknown_target'} end
local message = fields_of(element)
local hidden = message[KIND] == 'note'
if message[KIND] ~= 'message' and not (hidden and side == 'a') then return {'unknown_target'} end
local own = message[FROM_TYPE] == author.type and message[FROM_ID] == author.id
if not own then return {'not_yours'} end
local gone = message[DELETED] == 1
if gone and kind == 'edited' then return {'unknown_target'} end
-- Deleted without a rev: a carry has brought the message, and its deletion is in a later run. Then this is the first.
if gone and message[REV] > 0 then
  redis.call('HSET', cids, cid, message[REV])
  return {'dup', message[REV], redis.call('LINDEX', log, message[REV] - 1)}
end

if message[REV] > 0 then forget_text(log, message[REV]) end
local seq = push(log, meta, channel, id, cmsgpack.pack({
  tonumber(at), kind, author.type, author.id, author.name, ARGV[11], ARGV[12], text, 0, 0, target, target_id,
  hidden and 'hidden' or '',
}))
redis.call('HSET', cids, cid, seq)
message[TEXT], message[REV] = text, seq
if kind == 'deleted' then
  message[DELETED] = 1
  if not hidden and not gone then
    redis.call('ZADD', cuts, target, target)
    local read, baseline = m[4], 'ab'
    if side == 'a' then read, baseline = m[3], 'cb' end
    if target > tonumber(read or 0) then redis.call('HINCRBY', meta, baseline, 1) end
  end
end
redis.call('LSET', log, target - 1, with_fields(element, message))
row_changed(inbox, thread)
return seq
