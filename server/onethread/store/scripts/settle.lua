-- Closes a carry at its destination: the `merged` event, the contact that has absorbed the visitor, read
-- positions, status and assignee.
-- idempotent: no
-- include: element
-- include: log
-- include: inbox
-- include: moves
-- include: contact
-- include: search
-- include: outbox
--
-- Atomic: all of it, with the mark by which a second settling is known, and the word to webhooks.
--
-- KEYS  log, meta, contact, progress, inbox, contacts
-- ARGV  source, version read, contact blob, event id, body of `merged` up to its count, at, thread, channel,
--       system's name, source's status, source's assignee, source read by c (1|0), by a (1|0), session that carries,
--       contact id, filing (packed {terms added, terms removed}, "" for no change), whether webhooks are told that
--       the contact is another (1|0)
-- gives {ok} | {done} | {overtaken}
local log, meta, contact, progress, inbox = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local source, at, thread, channel = ARGV[1], ARGV[6], ARGV[7], ARGV[8]

local m = redis.call('HMGET', meta, 'status', 'assignee', 'cb', 'ab', 'carried:' .. source, 'erased')
if m[5] or m[6] then return {'done'} end
if redis.call('HGET', contact, 'v') ~= ARGV[2] then return {'overtaken'} end
local status, assignee = m[1], m[2]
local nc, na = counts_of(redis.call('LINDEX', log, -1))
write_contact(contact, ARGV[2] + 1, ARGV[3])
redis.call('SPUBLISH', channel, 'f' .. ARGV[14] .. (ARGV[2] + 1) .. ' ' .. ARGV[3])
if ARGV[16] ~= '' then refile(KEYS[6], ARGV[15], cmsgpack.unpack(ARGV[16])) end
redis.call('HSET', meta, 'carried:' .. source, 1)
local news = {}
if ARGV[17] == '1' then
  news[1] = {'contact.updated', ARGV[2] + 1, string.format('%s-%d', ARGV[15], ARGV[2] + 1)}
end

do
  local p = redis.call('HMGET', progress, 'count', 'c', 'a')
  local by_contact = p[2] or (na == tonumber(m[3]) and '1')
  local by_agents = p[3] or (nc == tonumber(m[4]) and '1')
  local id = ARGV[4]
  local merged = cmsgpack.unpack(ARGV[5])
  merged[EXTRA] = {thread = source, count = tonumber(p[1] or 0)}
  local head = push(log, meta, channel, id, cmsgpack.pack(merged))
  news[#news + 1] = {'thread.merged', head, id}
  local was = status
  if was == 'closed' and ARGV[10] == 'open' then
    status = 'open'
    head = push(log, meta, channel, second_id(id), reopened(at, ARGV[9]))
    news[#news + 1] = {'thread.status', head, second_id(id)}
  end
  if by_contact == '1' and ARGV[12] == '1' then redis.call('HSET', meta, 'rc', head, 'cb', na) end
  if by_agents == '1' and ARGV[13] == '1' then redis.call('HSET', meta, 'ra', head, 'ab', nc) end
  local listed = redis.call('ZSCORE', inbox .. ':' .. place_of(was, assignee), thread)
  unfile(inbox, thread, was, assignee)
  if not assignee and ARGV[11] ~= '' then
    assignee = ARGV[11]
    redis.call('HSET', meta, 'assignee', assignee)
    news[#news + 1] = {'thread.assigned', head, second_id(second_id(id))}
  end
  -- The newest message may be a carried one.
  local said = last_said(log, meta)
  if said > 0 then
    local at_said = fields_of(redis.call('LINDEX', log, said - 1))[AT]
    file(inbox, thread, math.max(tonumber(listed or 0), at_said), status, assignee)
    note_move(inbox, thread, at)
  end
  redis.call('HSET', meta, 'status', status)
  row_changed(inbox, thread)
end
redis.call('DEL', progress)
tell(log, news)
return {'ok'}
