-- Compares what a hub holds of its threads with the logs: the repair of whatever was not heard.
-- idempotent: yes
-- include: element
--
-- Atomic: of each thread, all that is compared is of one moment.
--
-- KEYS  log, meta of each thread
-- ARGV  seq, id, epoch, adm of each thread
-- gives for each 0 when all is the same, else
--       {epoch ("" when not stored), head, same id at seq (1|0), adm, ends, read c, read a, unread c, unread a}
local call = redis.call

local function state_of(log, meta, same)
  local m = call('HMGET', meta, 'epoch', 'adm', 'ends', 'rc', 'ra', 'cb', 'ab')
  local nc, na = counts_of(call('LINDEX', log, -1))
  return {m[1] or '', call('LLEN', log), same and 1 or 0, tonumber(m[2] or 0), m[3] or '', tonumber(m[4] or 0),
    tonumber(m[5] or 0), na - (m[6] or 0), nc - (m[7] or 0)}
end

local found = {}
for i = 1, #KEYS / 2 do
  local log, meta = KEYS[2 * i - 1], KEYS[2 * i]
  local seq, id, epoch, adm = unpack(ARGV, 4 * i - 3, 4 * i)
  local m = call('HMGET', meta, 'epoch', 'adm')
  -- The element at seq, and the one after it, if there is any.
  local there = call('LRANGE', log, math.max(seq - 1, 0), seq)
  local held = seq == '0' and 0 or 1
  local same = held == 0 or (there[1] and id_of(there[1]) == id)
  if same and #there == held and (m[1] or '') == epoch and (m[2] or '0') == adm then
    found[i] = 0
  else
    found[i] = state_of(log, meta, same)
  end
end
return found
