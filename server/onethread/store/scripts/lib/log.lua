-- The log of a thread: a list whose element i is the event with seq i.
-- An element is 4 bytes (messages of the contact so far) + 4 bytes (messages of the agents' side so far),
-- both big endian, + 16 bytes event id + the body: a MessagePack array whose fields are named below.
-- The running counts make "how many unread after seq s" a subtraction instead of a scan.
local AT, KIND, FROM_TYPE, FROM_ID, FROM_NAME, DEVICE, CID, TEXT, REV, DELETED, TARGET, TARGET_ID, EXTRA =
  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13

local function counts_of(element)
  return struct.unpack('>I4I4', element)
end

local function id_of(element)
  return string.sub(element, 9, 24)
end

local function fields_of(element)
  return cmsgpack.unpack(string.sub(element, 25))
end

-- The same element with other fields: its counts and id stay.
local function with_fields(element, fields)
  return string.sub(element, 1, 24) .. cmsgpack.pack(fields)
end

local function push_quietly(log, nc, na, id, body)
  local element = struct.pack('>I4I4', nc, na) .. id .. body
  return redis.call('RPUSH', log, element), element
end

local function push(log, channel, nc, na, id, body)
  local seq, element = push_quietly(log, nc, na, id, body)
  redis.call('SPUBLISH', channel, 'e' .. seq .. ' ' .. element)
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
