// Opens a store in a process of its own and prints every item it holds, then writes to it and looks
// again: kerros_store_probe STORE KEY-FILE SESSIONS
//
// Exit code 0: opened, everything listed twice the same; 3: refused, with the reason on stdout;
// 4: refused or changed only after the write, which the first open should have known.
#include <cstdio>
#include <future>
#include <string>

#include "crypto/random.h"
#include "describe.h"

namespace kerros::keystore {
namespace {

constexpr UnixMillis kLater = 1'900'000'000'000;  // after every item of the tests

Status wait(const std::function<void(Done)>& verb) {
  std::promise<Status> answer;
  verb([&](Status status) { answer.set_value(std::move(status)); });
  return answer.get_future().get();
}

// By scan, by key and by the index: all three must find the same.
Result<std::string> list(KeyStore& store) {
  auto records = store.scan(Id{}, 1'000'000, {});
  if (!records) return tl::unexpected(records.error());
  std::string text;
  for (const ItemRecord& record : *records) {
    if (record.created >= kLater) continue;
    auto found = store.find(record.sealed.key);
    if (!found) return tl::unexpected(found.error());
    auto versions = store.versions(record.binding.drive_id, record.binding.item_id);
    if (!versions) return tl::unexpected(versions.error());
    text += describe(store, *found) + " of " + std::to_string(versions->size()) + "\n";
  }
  return text;
}

// One of each kind that has a file: a version of a unit's key, and an item.
Status write_both(KeyStore& store) {
  NewKeyParams wanted;
  wanted.unit = store.unit_keys().at(0).unit;
  wanted.now = kLater;
  if (auto version = store.make_version(wanted.unit, kLater); !version)
    return tl::unexpected(version.error());
  auto made = store.make_key(wanted, test_commitment);
  if (!made) return tl::unexpected(made.error());
  ItemRecord record;
  record.sealed = made->sealed;
  record.created = kLater;
  if (auto put = wait([&](Done done) { store.put_pending(record, done); }); !put) return put;
  Binding binding;
  binding.drive_id = binding.item_id = "probe";
  return wait([&](Done done) {
    store.bind(record.sealed.key, binding, ItemState::kBound, true, kLater, done);
  });
}

int refused(int code, const Error& error) {
  std::printf("refused: %s: %s\n", name(error.code), error.detail.c_str());
  return code;
}

int probe(const StoreParams& params, const std::string& key_file) {
  auto store = KeyStore::open(params, KeyFile{key_file});
  if (!store) return refused(3, store.error());
  auto before = list(**store);
  if (!before) return refused(4, before.error());
  if (auto written = write_both(**store); !written) return refused(4, written.error());
  store->reset();
  store = KeyStore::open(params, KeyFile{key_file});
  if (!store) return refused(4, store.error());
  auto after = list(**store);
  if (!after) return refused(4, after.error());
  std::fputs(before->c_str(), stdout);
  return *before == *after ? 0 : 4;
}

}  // namespace
}  // namespace kerros::keystore

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  kerros::crypto::start();
  kerros::keystore::StoreParams params;
  params.directory = argv[1];
  params.sessions_directory = argv[3];
  params.items_map_bytes = std::uint64_t{64} << 20;
  params.sessions_map_bytes = std::uint64_t{16} << 20;
  params.transfer_slots = 4;
  return kerros::keystore::probe(params, argv[2]);
}
