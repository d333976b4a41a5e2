-- Reads events of a log, upwards or downwards, up to a number of bytes (and at least one event).
-- idempotent: yes
--
-- Atomic: all elements are of one moment.
--
-- KEYS  log
-- ARGV  first seq, last seq (included; below the first to read downwards), bytes
-- gives the elements in the order read
local from, to, bytes = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local STEP = 16
local found, size = {}, 0
local up = to >= from
while (up and from <= to) or (not up and from >= to) do
  local low, high = from, math.min(from + STEP - 1, to)
  if not up then low, high = math.max(from - STEP + 1, to), from end
  local chunk = redis.call('LRANGE', KEYS[1], low - 1, high - 1)
  for i = 1, #chunk do
    local element = up and chunk[i] or chunk[#chunk + 1 - i]
    if size > 0 and size + #element > bytes then return found end
    found[#found + 1] = element
    size = size + #element
  end
  if #chunk < high - low + 1 then return found end
  from = up and high + 1 or low - 1
end
return found
