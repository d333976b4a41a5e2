-- Changes one document if it is still as it was read, and notes who did it.
-- idempotent: no
--
-- Atomic: the comparison, the change, so that of two edits of one state only the first goes in, the acts in the
-- audit log and the word to the hubs.
--
-- KEYS  the document, its organization's audit log
-- ARGV  what it was, what it becomes ('' stands for no document), channel and word of the hubs that are told
--       ('' and '' for nobody), how many acts are kept [, packed act]…
-- gives 1, or 0 if it was something else
local document, audit = KEYS[1], KEYS[2]
if (redis.call('GET', document) or '') ~= ARGV[1] then return 0 end
if ARGV[2] == '' then
  redis.call('DEL', document)
else
  redis.call('SET', document, ARGV[2])
end
for i = 6, #ARGV do redis.call('LPUSH', audit, ARGV[i]) end
if #ARGV > 5 then redis.call('LTRIM', audit, 0, ARGV[5] - 1) end
if ARGV[3] ~= '' then redis.call('SPUBLISH', ARGV[3], ARGV[4]) end
return 1
