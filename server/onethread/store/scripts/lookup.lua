-- What the store holds of a person: before an init is decided.
-- idempotent: yes
--
-- Atomic: the contact and its thread's meta are of one moment.
--
-- KEYS  prefix of the shard, index of the user_id or import_key ("" for a visitor)
-- ARGV  suffix that the contact's and the thread's id share ("" to find it by the index)
-- gives {suffix, version, blob, epoch, adm, moved, ended, has a message of the contact (1|0)}, "" for what is not there;
--       {} for an unknown user
local suffix = ARGV[1]
if suffix == '' then
  suffix = redis.call('GET', KEYS[2])
  if not suffix then return {} end
end
local contact = redis.call('HMGET', KEYS[1] .. 'contact:ct_' .. suffix, 'v', 'blob')
local meta = redis.call('HMGET', KEYS[1] .. 'th_' .. suffix .. ':meta', 'epoch', 'adm', 'moved', 'ended', 'wrote')
return {suffix, tonumber(contact[1] or 0), contact[2] or '', meta[1] or '', tonumber(meta[2] or 0),
  meta[3] or '', meta[4] or '', meta[5] and 1 or 0}
