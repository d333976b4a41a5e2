-- Keeps how far an import is, and the rows that it skipped since the last time.
-- idempotent: yes
-- include: time
--
-- Atomic: the serial's check, the job, its skipped rows and its place among the imports: no row is noted without being
-- counted, or twice, and the order of imports is the one in which they were accepted.
--
-- KEYS  job, skipped, imports, turns
-- ARGV  serial, job, skipped rows ("" for none), forget those before (1|0), how long both are kept (seconds), id,
--       does it have a turn to wait for or to end (1|0)
-- gives 1, or 0 if somebody else has saved it
local serial, id = tonumber(ARGV[1]), ARGV[6]
local kept = tonumber(redis.call('HGET', KEYS[1], 'serial') or 0)
if kept == serial then return redis.call('HGET', KEYS[1], 'job') == ARGV[2] and 1 or 0 end
if kept ~= serial - 1 then return 0 end
redis.call('HSET', KEYS[1], 'serial', serial, 'job', ARGV[2])
if ARGV[4] == '1' then redis.call('DEL', KEYS[2]) end
if ARGV[3] ~= '' then redis.call('RPUSH', KEYS[2], ARGV[3]) end
redis.call('EXPIRE', KEYS[1], ARGV[5])
redis.call('EXPIRE', KEYS[2], ARGV[5])

local accepted = redis.call('ZSCORE', KEYS[3], id)
if not accepted then
  local newest = redis.call('ZRANGE', KEYS[3], -1, -1, 'WITHSCORES')
  accepted = math.max(store_ms(), (tonumber(newest[2]) or 0) + 1)
  -- For each that comes, two of the oldest may go.
  local jobs = string.sub(KEYS[1], 1, -#id - 1)
  for _, old in ipairs(redis.call('ZRANGE', KEYS[3], 0, 1)) do
    if redis.call('EXISTS', jobs .. old) == 0 then redis.call('ZREM', KEYS[3], old) end
  end
  redis.call('ZADD', KEYS[3], accepted, id)
end
if ARGV[7] == '1' then
  redis.call('ZADD', KEYS[4], accepted, id)
else
  redis.call('ZREM', KEYS[4], id)
end
return 1
