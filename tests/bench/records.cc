#include "tests/bench/records.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <thread>
#include <utility>

#include "crypto/hkdf.h"

namespace kerros::keystore {
namespace {

constexpr std::size_t kUnderWay = 4096;
constexpr UnixMillis kThen = 1'800'000'000'000;

}  // namespace

void must(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "benchmark: %s failed\n", what);
  std::abort();
}

StoreParams store_params(const std::string& directory) {
  StoreParams params;
  params.directory = directory + "/store";
  params.sessions_directory = directory + "/sessions";
  return params;
}

KeyFile store_key_file(const std::string& directory) { return {directory + "/root.key"}; }

std::unique_ptr<KeyStore> make_store(const std::string& directory) {
  const KeyFile key = store_key_file(directory);
  const StoreParams params = store_params(directory);
  must(create_key_file(key.path) && KeyStore::create({params.directory, "bench", key, 0}),
       "create");
  auto store = KeyStore::open(params, key);
  must(store.has_value(), "open");
  return std::move(*store);
}

ItemRecord make_record(KeyStore& store, UnixMillis now) {
  NewKeyParams wanted;
  wanted.unit = store.unit_keys().at(0).unit;
  wanted.now = now;
  auto made = store.make_key(wanted, [](const auto&, const crypto::Salt& salt, ByteView) {
    return Result<crypto::Commitment>(crypto::sha256(salt));
  });
  must(made.has_value(), "make_key");
  ItemRecord record;
  record.sealed = made->sealed;
  record.item_class = "confidential";
  record.created_by = "ada.lovelace@example.org";
  record.created = now;
  return record;
}

Binding make_binding(const Id& key) {
  Binding binding;
  binding.drive_id = "b!yL7n0xkZr0u8mJ3hVtq0Qw5sXbd2fXtKq0mVJ1rN8kE";
  binding.item_id = to_hex(key);
  binding.ctag = binding.etag = "\"c:{A1B2C3D4-0000-1111-2222-333344445555},1\"";
  binding.name = "quarterly report.docx";
  binding.path = "/drives/b!yL7n/root:/Salassa/2026";
  return binding;
}

void fill(KeyStore& store, std::uint64_t records) {
  std::atomic<std::uint64_t> left{records};
  for (std::uint64_t i = 0; i < records; ++i) {
    while (store.queued() > kUnderWay) std::this_thread::sleep_for(std::chrono::microseconds(200));
    const ItemRecord record = make_record(store, kThen);
    const Id key = record.sealed.key;
    store.put_pending(record, [](const Status& ok) { must(ok.has_value(), "put"); });
    store.bind(key, make_binding(key), ItemState::kBound, true, kThen + 1, [&](const Status& ok) {
      must(ok.has_value(), "bind");
      --left;
    });
  }
  while (left != 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
}

}  // namespace kerros::keystore
