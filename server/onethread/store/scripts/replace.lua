-- Changes one document if it is still as it was read.
-- idempotent: no
--
-- Atomic: the comparison and the change, so that of two edits of one state only the first goes in.
--
-- KEYS  the document
-- ARGV  what it was, what it becomes ('' stands for no document)
-- gives 1, or 0 if it was something else
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[2])
end
return 1
