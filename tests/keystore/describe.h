// What a reader of the store gets, as text that tests compare.
#pragma once

#include <string>

#include "keystore/key_store.h"

namespace kerros::keystore {

// A commitment that stands for what a sealer would compute.
Result<crypto::Commitment> test_commitment(const crypto::Header& header, const crypto::Salt& salt,
                                           ByteView dek);

// The record's fields and a hash of its key.
std::string describe(KeyStore& store, const ItemRecord& record);

}  // namespace kerros::keystore
