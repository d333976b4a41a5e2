-- Finds the import whose turn it is, and forgets those that are no more.
-- idempotent: yes
--
-- Atomic: what is found is first at one moment.
--
-- KEYS  turns, what the keys of jobs begin with
-- gives {serial, job}, or nothing
while true do
  local id = redis.call('ZRANGE', KEYS[1], 0, 0)[1]
  if not id then return false end
  local found = redis.call('HMGET', KEYS[2] .. id, 'serial', 'job')
  if found[2] then return found end
  redis.call('ZREM', KEYS[1], id)
end
