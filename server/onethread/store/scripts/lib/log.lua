-- Reading and writing the log of a thread; after `element`. A body is a MessagePack array of these fields.
local AT, KIND, FROM_TYPE, FROM_ID, FROM_NAME, DEVICE, CID, TEXT, REV, DELETED, TARGET, TARGET_ID, EXTRA =
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13

local function fields_of(element)
  return cmsgpack.unpack(string.sub(element, 25))
end

-- The same element with other fields: its counts and id stay.
local function with_fields(element, fields)
  return string.sub(element, 1, 24) .. cmsgpack.pack(fields)
end

local function is_said(fields)
  return fields[KIND] == 'message' or fields[KIND] == 'note'
end

-- The seq of the newest message or note, 0 if there is none: the head, or, with something else on top of it,
-- what `push` noted as `last`. So a message itself costs no note, and its row no search.
local function last_said(log, meta)
  local newest = redis.call('LINDEX', log, -1)
  if newest and is_said(fields_of(newest)) then return redis.call('LLEN', log) end
  return tonumber(redis.call('HGET', meta, 'last') or 0)
end

local function push_quietly(log, nc, na, id, body)
  local element = struct.pack('>I4I4', nc, na) .. id .. body
  return redis.call('RPUSH', log, element), element
end

-- Pushes what is neither message nor note, and tells the hubs.
local function push(log, meta, channel, id, body)
  local last = last_said(log, meta)
  if last > 0 then redis.call('HSET', meta, 'last', last) end
  local nc, na = counts_of(redis.call('LINDEX', log, -1))
  local seq, element = push_quietly(log, nc, na, id, body)
  redis.call('SPUBLISH', channel, struct.pack('>c1I4', 'e', seq) .. element)
  return seq
end

-- Takes the text out of a change, when a later one has taken its place: only the message has the newest text.
local function forget_text(log, seq)
  local element = redis.call('LINDEX', log, seq - 1)
  local change = fields_of(element)
  change[TEXT] = ''
  redis.call('LSET', log, seq - 1, with_fields(element, change))
end

-- The body of an event by the system that says the thread is open again.
local function reopened(at, system)
  return cmsgpack.pack({tonumber(at), 'status', 'system', 'system', system, '', '', '', 0, 0, 0, '', 'open'})
end

-- An id of its own for an event that the store adds beside the one with this id.
local function second_id(id)
  return string.sub(redis.sha1hex(id), 1, 16)
end
