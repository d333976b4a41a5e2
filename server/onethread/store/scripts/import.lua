-- Keeps how far an import is, and the rows that it skipped since the last time.
-- idempotent: yes
--
-- Atomic: the serial's check, the job, and its skipped rows: no row is noted without being counted, or twice.
--
-- KEYS  job, skipped
-- ARGV  serial, job, skipped rows ("" for none), forget those before (1|0), how long both are kept (seconds)
-- gives 1, or 0 if somebody else has saved it
local serial = tonumber(ARGV[1])
local kept = tonumber(redis.call('HGET', KEYS[1], 'serial') or 0)
if kept == serial then return redis.call('HGET', KEYS[1], 'job') == ARGV[2] and 1 or 0 end
if kept ~= serial - 1 then return 0 end
redis.call('HSET', KEYS[1], 'serial', serial, 'job', ARGV[2])
if ARGV[4] == '1' then redis.call('DEL', KEYS[2]) end
if ARGV[3] ~= '' then redis.call('RPUSH', KEYS[2], ARGV[3]) end
redis.call('EXPIRE', KEYS[1], ARGV[5])
redis.call('EXPIRE', KEYS[2], ARGV[5])
return 1
