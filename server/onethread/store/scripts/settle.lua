-- Closes a carry at its destination: the `merged` event, the contact that has absorbed the visitor, read
-- positions, status and assignee.
-- idempotent: no
-- include: log
-- include: inbox
-- include: contact
--
-- Atomic: all of it, with the mark by which a second settling is known.
--
-- KEYS  log, meta, contact, progress, inbox
-- ARGV  source, version read, contact blob, event id, body of `merged` up to its count, at, thread, channel,
--       system's name, source's status, source's assignee, source read by c (1|0), by a (1|0), session that carries
-- gives {ok} | {done} | {overtaken}
local log, meta, contact, progress, inbox = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local source, at, thread, channel = ARGV[1], ARGV[6], ARGV[7], ARGV[8]

local m = redis.call('HMGET', meta, 'nc', 'na', 'rev', 'status', 'assignee', 'last', 'cb', 'ab', 'carried:' .. source)
if m[9] then return {'done'} end
if redis.call('HGET', contact, 'v') ~= ARGV[2] then return {'overtaken'} end
local nc, na, status, assignee, last = m[1], m[2], m[4], m[5], m[6]
write_contact(contact, ARGV[2] + 1, ARGV[3])
redis.call('SPUBLISH', channel, 'f' .. ARGV[14] .. (ARGV[2] + 1) .. ' ' .. ARGV[3])
redis.call('HSET', meta, 'carried:' .. source, 1)

do
  local p = redis.call('HMGET', progress, 'count', 'c', 'a')
  local by_contact, by_agents = p[2] or (na == m[7] and '1'), p[3] or (nc == m[8] and '1')
  local id = ARGV[4]
  local merged = cmsgpack.unpack(ARGV[5])
  merged[EXTRA] = {thread = source, count = tonumber(p[1] or 0)}
  local head = push(log, channel, nc, na, id, cmsgpack.pack(merged))
  local was = status
  if was == 'closed' and ARGV[10] == 'open' then
    status = 'open'
    head = push(log, channel, nc, na, second_id(id), reopened(at, ARGV[9]))
  end
  if by_contact == '1' and ARGV[12] == '1' then redis.call('HSET', meta, 'rc', head, 'cb', na) end
  if by_agents == '1' and ARGV[13] == '1' then redis.call('HSET', meta, 'ra', head, 'ab', nc) end
  local listed = redis.call('ZSCORE', inbox .. ':' .. was, thread)
  unfile(inbox, thread, was, assignee)
  if not assignee and ARGV[11] ~= '' then
    assignee = ARGV[11]
    redis.call('HSET', meta, 'assignee', assignee)
  end
  -- The newest message may be a carried one; its place is looked for from the end.
  for seq = head, 1, -1 do
    local fields = fields_of(redis.call('LINDEX', log, seq - 1))
    if fields[KIND] == 'message' or fields[KIND] == 'note' then
      last = seq
      local active = math.max(tonumber(listed or 0), fields[AT])
      file(inbox, thread, active, status, assignee)
      break
    end
  end
  local rev = m[3] + 1
  redis.call('HSET', meta, 'status', status, 'rev', rev, 'last', last or 0)
  row_changed(inbox, thread, rev)
end
redis.call('DEL', progress)
return {'ok'}
