-- Appends a run of a sealed thread's events to the thread it moves into.
-- idempotent: yes
-- include: element
-- include: log
-- include: outbox
--
-- Atomic: the run, the cids, the place up to which the source is carried: a run that was carried before is
-- answered with that place and appends nothing. A run's first seq must be that place. So an event is carried once,
-- with a cid or without.
--
-- What the destination has is dropped: an event under the same cid, of the same kind and with the same target
-- (another message under its cid is the same message). If the cid stands for something else there, the event is
-- carried without it, or a message would be lost, or be changed and nobody could say by what.
--
-- Webhooks are told of carried messages, under the ids by which they were told of the source's: what the source has
-- not told is lost with it (clear.lua).
--
-- KEYS  log, meta, cids, progress (of this source), cuts c, cuts a
-- ARGV  source, first seq, channel, name of the contact's id, its name,
--       then for each event: id, packed body (its targets still the source's)
-- gives {done} (settled before, or erased) | {at, next source seq to carry}
local log, meta, cids, progress = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local cuts = {c = KEYS[5], a = KEYS[6]}
local source, from, contact, name = ARGV[1], tonumber(ARGV[2]), ARGV[4], ARGV[5]

local m = redis.call('HMGET', meta, 'cb', 'ab', 'rc', 'ra', 'carried:' .. source, 'erased')
if m[6] then redis.call('DEL', progress) end
if m[5] or m[6] then return {'done'} end
local counts = {}
counts.c, counts.a = counts_of(redis.call('LINDEX', log, -1))
local baseline = {c = tonumber(m[2]), a = tonumber(m[1])} -- of the side that reads them
local read = {c = tonumber(m[4] or 0), a = tonumber(m[3] or 0)} -- likewise
local last = last_said(log, meta)
local news = {}
local next_seq = tonumber(redis.call('HGET', progress, 'next') or 1)
if next_seq == 1 then
  redis.call('HSET', progress, 'c', counts.a == baseline.a and 1 or 0, 'a', counts.c == baseline.c and 1 or 0)
end
if next_seq ~= from then return {'at', next_seq} end

local function side_of(fields)
  return fields[FROM_TYPE] == 'contact' and 'c' or 'a'
end

local function delete(message, target)
  message[DELETED], message[TEXT] = 1, ''
  if message[KIND] ~= 'message' then return end
  local side = side_of(message)
  redis.call('ZADD', cuts[side], target, target)
  if target > read[side] then baseline[side] = baseline[side] + 1 end
end

-- A message takes the state that the change gave it, whichever thread it came from. A deleted one keeps the
-- rev of its deletion.
local function change_target(fields, seq)
  local target = tonumber(redis.call('HGET', progress, 'm' .. fields[TARGET]) or 0)
  local element = redis.call('LINDEX', log, target - 1)
  if target == 0 or not element then return nil end
  local message = fields_of(element)
  if message[KIND] ~= 'message' and message[KIND] ~= 'note' then return nil end
  local gone = message[DELETED] == 1
  if gone and fields[KIND] == 'edited' then
    fields[TEXT] = ''
  elseif not gone or message[REV] == 0 then
    if message[REV] > 0 then forget_text(log, message[REV]) end
    message[REV] = seq
    if fields[KIND] == 'edited' and fields[TEXT] ~= '' then message[TEXT] = fields[TEXT] end
    if fields[KIND] == 'deleted' and not gone then delete(message, target) end
  end
  redis.call('LSET', log, target - 1, with_fields(element, message))
  fields[TARGET], fields[TARGET_ID] = target, id_of(element)
  return fields
end

local function same_there(fields, known)
  local element = redis.call('LINDEX', log, known - 1)
  if not element then return false end -- the store came back from an older file
  local own = fields_of(element)
  local target = tonumber(redis.call('HGET', progress, 'm' .. fields[TARGET]) or 0)
  return own[KIND] == fields[KIND] and own[TARGET] == target
end

local function carry(old, id, body)
  local fields = cmsgpack.unpack(body)
  local author = side_of(fields) == 'c' and 'c' or 'a' .. fields[FROM_ID] .. ':'
  local cid = fields[CID] ~= '' and author .. fields[CID]
  local known = cid and redis.call('HGET', cids, cid)
  if known and same_there(fields, known) then
    redis.call('HSET', progress, 'm' .. old, known)
    return
  elseif known then
    cid, fields[CID] = false, ''
    body = cmsgpack.pack(fields)
  end
  if fields[FROM_TYPE] == 'contact' then fields[FROM_ID], fields[FROM_NAME] = contact, name end
  local seq = redis.call('LLEN', log) + 1
  if fields[TARGET] > 0 then
    fields = change_target(fields, seq)
    if not fields then return end
    body = cmsgpack.pack(fields)
  elseif is_said(fields) then
    fields[REV] = 0
    body = cmsgpack.pack(fields)
    redis.call('HSET', progress, 'm' .. old, seq)
    if fields[KIND] == 'message' then
      local side = side_of(fields)
      counts[side] = counts[side] + 1
      if fields[DELETED] == 1 then
        redis.call('ZADD', cuts[side], seq, seq)
        baseline[side] = baseline[side] + 1
      end
    end
  end
  push_quietly(log, counts.c, counts.a, id, body)
  if is_said(fields) then last = seq end
  if fields[KIND] == 'message' then news[#news + 1] = {'message.created', seq, id} end
  if cid then redis.call('HSET', cids, cid, seq) end
  redis.call('HINCRBY', progress, 'count', 1)
end

local following = from
for i = 6, #ARGV, 2 do
  carry(following, ARGV[i], ARGV[i + 1])
  following = following + 1
end
redis.call('HSET', progress, 'next', following)
redis.call('HSET', meta, 'ab', baseline.c, 'cb', baseline.a, 'last', last)
if counts.c > 0 then redis.call('HSET', meta, 'wrote', 1) end
redis.call('SPUBLISH', ARGV[3], 'n')
tell(log, news)
return {'at', following}
