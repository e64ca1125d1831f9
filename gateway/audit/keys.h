// The three keys of the log, all derived from the root of the key store.
//
// Lifetime: as long as the log; wiped with it.
#pragma once

#include "crypto/secret.h"

namespace kerros::audit {

struct Keys {
  crypto::SecretBytes seal;  // Purpose::kAuditSeal
  crypto::SecretBytes salt;  // Purpose::kAuditSalt
  crypto::SecretBytes sign;  // Purpose::kAuditSign: seed of the checkpoints' Ed25519 key
};

}  // namespace kerros::audit
