-- Appends a message to a thread's log, unless its cid is known: what every peer runs, one call a message.
-- KEYS  log (list: element i is seq i+1), cids (hash: cid to seq)
-- ARGV  cid, event (a JSON object, not empty, without seq), channel ('': the caller publishes it by its own means)
-- gives {seq, whether the cid was known: 1 or 0}
local known = redis.call('HGET', KEYS[2], ARGV[1])
if known then return {tonumber(known), 1} end
local seq = redis.call('LLEN', KEYS[1]) + 1
local event = '{"seq":' .. seq .. ',' .. string.sub(ARGV[2], 2)
redis.call('RPUSH', KEYS[1], event)
redis.call('HSET', KEYS[2], ARGV[1], seq)
if ARGV[3] ~= '' then redis.call('PUBLISH', ARGV[3], event) end
return {seq, 0}
