-- An element of a thread's log, a list whose element i is the event with seq i:
-- 4 bytes (messages of the contact so far) + 4 bytes (messages of the agents' side so far), both big endian,
-- + 16 bytes event id + the body (log.lua). The running counts make "how many unread after seq s" a
-- subtraction instead of a scan, and those of the newest element are the thread's.
local function counts_of(element)
  if not element then return 0, 0 end
  return struct.unpack('>I4I4', element)
end

local function id_of(element)
  return string.sub(element, 9, 24)
end
