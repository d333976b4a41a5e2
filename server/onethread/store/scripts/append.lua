-- Appends one message or note to a thread's log. The hot path: one call a message.
-- idempotent: no
--
-- Atomic: the cid's check and its note, the event, the counts both unread figures come from, the inbox, the
-- creation of a visitor's thread and contact with its first message, the reopening of a closed thread by a
-- customer's message (a second event, by the system), and what webhooks are to be told of it.
--
-- Seven calls, each some 6 % of a message. A function costs 1 %, for each message makes it anew (Lua knows no
-- other way), so the common way is written out, and what is included stands in the rare branches.
--
-- The cid is noted after the push, whose answer is the seq; if it was known, the event is taken back.
--
-- KEYS  log, meta, cids, inbox [, contact, contacts]
-- ARGV  thread, channel, system's name, kind, whether there may be webhooks (1|0), cid key (begins with the side,
--       c|a), at, event id and body [, epoch, contact blob, filing (packed {terms added})]
-- gives seq | {dup, seq, element} | {moved, to} | {unknown}
local log, meta, cids, inbox = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local thread, channel, system, kind, heard, cid, at, event = unpack(ARGV, 1, 8)
local call = redis.call

local m = call('HMGET', meta, 'status', 'assignee', 'moved')
local status, assignee = m[1], m[2]
if m[3] then return {'moved', m[3]} end
if not status then
  if not ARGV[9] or call('HEXISTS', meta, 'erased') == 1 then return {'unknown'} end
  -- include: contact
  -- include: search
  create_thread(meta, ARGV[9])
  write_contact(KEYS[5], 1, ARGV[10])
  enlist(KEYS[6], 'ct_' .. string.sub(thread, 4), at, cmsgpack.unpack(ARGV[11])[1])
  status = 'open'
end

local by_contact = string.sub(cid, 1, 1) == 'c'
local newest = call('LINDEX', log, -1)
local nc, na = 0, 0
if newest then nc, na = struct.unpack('>I4I4', newest) end
if kind == 'message' then
  if by_contact then nc = nc + 1 else na = na + 1 end
end
local element = struct.pack('>I4I4', nc, na) .. event
local seq = call('RPUSH', log, element)
if call('HSETNX', cids, cid, seq) == 0 then
  call('RPOP', log)
  local known = call('HGET', cids, cid)
  return {'dup', tonumber(known), call('LINDEX', log, known - 1)}
end
call('SPUBLISH', channel, struct.pack('>c1I4', 'e', seq) .. element)
if nc == 1 and by_contact then call('HSET', meta, 'wrote', 1) end

local second
if status == 'closed' and by_contact then
  -- include: element
  -- include: log
  -- include: inbox
  unfile(inbox, thread, status, assignee)
  status = 'open'
  call('HSET', meta, 'status', status)
  second = second_id(id_of(element))
  push(log, meta, channel, second, reopened(at, system))
end

if heard == '1' then
  -- include: outbox
  local news = {}
  if not m[1] then news[1] = {'contact.created', 1, 'ct_' .. string.sub(thread, 4) .. '-1'} end
  if kind == 'message' then news[#news + 1] = {'message.created', seq, string.sub(event, 1, 16)} end
  if second then news[#news + 1] = {'thread.status', seq + 1, second} end
  tell(log, news)
end

local place = status
if status == 'open' then place = assignee and 'mine:' .. assignee or 'unassigned' end
if call('ZADD', inbox .. ':' .. place, at, thread) == 1 and assignee then
  call('SADD', inbox .. ':assignees', assignee)
end
call('SPUBLISH', inbox, thread)
return seq
