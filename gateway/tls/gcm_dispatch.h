// GcmCipher in the calling conventions of OpenSSL's providers.
//
// Thread safety: as OpenSSL's: one thread for each cipher context.
// Lifetime: the functions of `use_gcm` must outlive every cipher context.
#pragma once

#include "crypto/ipsecmb.h"

struct ossl_algorithm_st;

namespace kerros::tls {

inline constexpr const char* kProviderName = "kerros";

void use_gcm(const crypto::IpsecMb& library);
const ossl_algorithm_st* gcm_algorithms();  // AES-128-GCM and AES-256-GCM, by all their names

}  // namespace kerros::tls
