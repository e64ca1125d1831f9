// Records as uploads make them, for the measurements of the key store.
//
// Thread safety: as the store's own.
#pragma once

#include <cstdint>
#include <string>

#include "keystore/key_store.h"

namespace kerros::keystore {

void must(bool ok, const char* what);  // ends the process with a word

// A store of its own below `directory`, with its root key beside it.
std::unique_ptr<KeyStore> make_store(const std::string& directory);
StoreParams store_params(const std::string& directory);
KeyFile store_key_file(const std::string& directory);

// What an upload stores before its last byte leaves, and after it was answered.
ItemRecord make_record(KeyStore& store, UnixMillis now);
Binding make_binding(const Id& key);

// That many uploads, some thousands of them under way at any time.
void fill(KeyStore& store, std::uint64_t records);

}  // namespace kerros::keystore
