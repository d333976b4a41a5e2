-- Appends one message or note to a thread's log. The hot path: one call a message.
-- idempotent: no
-- include: log
-- include: inbox
-- include: contact
--
-- Atomic: the cid's check and its note, the event, the counts both unread figures come from, the row's rev,
-- the inbox, the creation of a visitor's thread and contact with its first message, and the reopening of a
-- closed thread by a customer's message (a second event, by the system).
--
-- KEYS  log, meta, cids, inbox, contact, contacts
-- ARGV  cid key, event id, body, kind, side (c|a), at, thread, channel, system's name [, epoch, contact blob]
-- gives seq | {dup, seq, element} | {moved, to} | {unknown}
local log, meta, cids, inbox = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local cid, id, body, kind, side, at, thread, channel = unpack(ARGV, 1, 8)

local m = redis.call('HMGET', meta, 'epoch', 'nc', 'na', 'rev', 'status', 'assignee', 'moved')
if m[7] then return {'moved', m[7]} end
local known = redis.call('HGET', cids, cid)
if known then return {'dup', tonumber(known), redis.call('LINDEX', log, known - 1)} end
if not m[1] then
  if not ARGV[10] then return {'unknown'} end
  create_thread(meta, ARGV[10])
  write_contact(KEYS[5], 1, ARGV[11])
  redis.call('ZADD', KEYS[6], at, 'ct_' .. string.sub(thread, 4))
  m = {ARGV[10], 0, 0, 0, 'open', false}
end

local nc, na, status, assignee = tonumber(m[2]), tonumber(m[3]), m[5], m[6]
if kind == 'message' then
  if side == 'c' then nc = nc + 1 else na = na + 1 end
end
local seq = push(log, channel, nc, na, id, body)
redis.call('HSET', cids, cid, seq)
if status == 'closed' and side == 'c' then
  unfile(inbox, thread, status, assignee)
  status = 'open'
  push(log, channel, nc, na, second_id(id), reopened(at, ARGV[9]))
end
local rev = m[4] + 1
redis.call('HSET', meta, 'nc', nc, 'na', na, 'rev', rev, 'last', seq, 'status', status)
file(inbox, thread, at, status, assignee)
row_changed(inbox, thread, rev)
return seq
