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
local found = {}
for i = 1, #KEYS / 2 do
  local log, meta = KEYS[2 * i - 1], KEYS[2 * i]
  local seq, id, epoch, adm = unpack(ARGV, 4 * i - 3, 4 * i)
  local m = redis.call('HMGET', meta, 'epoch', 'adm', 'ends', 'rc', 'ra', 'cb', 'ab')
  local head = redis.call('LLEN', log)
  local element = seq ~= '0' and redis.call('LINDEX', log, seq - 1)
  local same = seq == '0' or (element and id_of(element) == id)
  if same and (m[1] or '') == epoch and (m[2] or '0') == adm and head == tonumber(seq) then
    found[i] = 0
  else
    local nc, na = counts_of(redis.call('LINDEX', log, -1))
    found[i] = {m[1] or '', head, same and 1 or 0, tonumber(m[2] or 0), m[3] or '', tonumber(m[4] or 0),
      tonumber(m[5] or 0), na - (m[6] or 0), nc - (m[7] or 0)}
  end
end
return found
