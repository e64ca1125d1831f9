// A file's key moves from one version of its unit's key to another.
//
// Thread safety: pure functions over what they are given.
#pragma once

#include "keystore/key_versions.h"
#include "keystore/unit_keys.h"

namespace kerros::keystore {

crypto::WrapContext wrap_context(const Id& tenant, const SealedKey& sealed);

// `scratch`: 32 bytes of locked memory, wiped afterwards. On failure `sealed` is as it was.
// kNotFound: a key is gone. kNotAuthentic: the wrap is not of this record.
Status move_wrap(const UnitKeys& units, const UnitKeyInfo& to, SealedKey& sealed,
                 MutableByteView scratch);

}  // namespace kerros::keystore
