-- Last step of a carry: what the source held is dropped, but for the mark that says where it went.
-- idempotent: yes
-- include: search
-- include: unsaid
--
-- Atomic: the keys, the indexes, what webhooks were to be told and the sweep's note go together; the mark stays.
--
-- KEYS  meta, carries, contacts, then every key that goes
-- ARGV  member of carries, contact id, how long a token may live (seconds), the contact's terms (packed)
-- gives 1
local moved = redis.call('HMGET', KEYS[1], 'moved', 'adm', 'ends')
redis.call('SREM', KEYS[2], ARGV[1])
if not moved[1] then return 1 end
for i = 4, #KEYS do redis.call('DEL', KEYS[i]) end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'moved', moved[1], 'adm', moved[2], 'ends', moved[3])
redis.call('EXPIRE', KEYS[1], ARGV[3])
delist(KEYS[3], ARGV[2], cmsgpack.unpack(ARGV[4]))
leave_unsaid(KEYS[1])
return 1
