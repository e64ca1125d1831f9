#include "keystore/rewrap.h"

#include <utility>

namespace kerros::keystore {

crypto::WrapContext wrap_context(const Id& tenant, const SealedKey& sealed) {
  return {tenant,     sealed.unit,   sealed.kek,       sealed.kek_version,
          sealed.key, sealed.header, sealed.commitment};
}

Status move_wrap(const UnitKeys& units, const UnitKeyInfo& to, SealedKey& sealed,
                 MutableByteView scratch) {
  const crypto::Kek* old_kek = units.find(version_of(sealed));
  const crypto::Kek* new_kek = units.find(id_of(to));
  if (old_kek == nullptr || new_kek == nullptr)
    return fail(ErrorCode::kNotFound, "the unit key of " + to_hex(sealed.key) + " is gone");
  crypto::WrapContext context = wrap_context(units.tenant(), sealed);
  const Status opened = crypto::unwrap_dek(*old_kek, context, sealed.wrapped, scratch);
  if (opened) {
    context.kek = sealed.kek = to.kek;
    context.kek_version = sealed.kek_version = to.version;
    sealed.wrapped = crypto::wrap_dek(*new_kek, context, scratch);
  }
  crypto::wipe(scratch);
  return opened;
}

}  // namespace kerros::keystore
