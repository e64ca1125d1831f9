#include "store_fixture.h"

#include <stdlib.h>
#include <unistd.h>

namespace kerros::keystore {

TempDir::TempDir() {
  // In memory where that is possible: thousands of commits wait for no disk, and an end by signal
  // leaves the same behind.
  const std::filesystem::path memory = "/dev/shm";
  const bool usable = ::access(memory.c_str(), W_OK) == 0;
  const auto base = usable ? memory : std::filesystem::temp_directory_path();
  std::string pattern = (base / "kerros-XXXXXX").string();
  const char* made = ::mkdtemp(pattern.data());
  if (made == nullptr) throw std::runtime_error("no temporary directory");
  path_ = made;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

StoreFixture::StoreFixture() {
  EXPECT_THAT(create_key_file(key_file_), Succeeds());
  EXPECT_THAT(KeyStore::create({store_path_, "Salassa", KeyFile{key_file_}, kNow}), Succeeds());
}

StoreParams StoreFixture::params() const {
  StoreParams params;
  params.directory = store_path_;
  params.sessions_directory = dir_ / "sessions";
  params.items_map_bytes = items_map_bytes_;
  params.sessions_map_bytes = std::uint64_t{64} << 20;
  params.transfer_slots = 64;
  return params;
}

Result<std::unique_ptr<KeyStore>> StoreFixture::try_open() const {
  return KeyStore::open(params(), KeyFile{key_file_});
}

void StoreFixture::open() {
  auto opened = try_open();
  ASSERT_THAT(opened, Succeeds());
  store_ = std::move(*opened);
}

ItemRecord StoreFixture::new_record(std::string_view created_by) {
  NewKeyParams wanted;
  wanted.unit = store_->unit_keys().at(0).unit;
  wanted.now = clock_++;
  auto made = store_->make_key(wanted, test_commitment);
  EXPECT_THAT(made, Succeeds());
  ItemRecord record;
  record.sealed = made->sealed;
  record.item_class = "confidential";
  record.created_by = created_by;
  record.created = wanted.now;
  return record;
}

Binding StoreFixture::binding(std::string_view item, std::string_view name) const {
  Binding binding;
  binding.drive_id = "b!drive";
  binding.item_id = item;
  binding.ctag = "\"c:{1},1\"";
  binding.etag = "\"{1},1\"";
  binding.name = name;
  binding.path = "/drives/b!drive/root:/Salassa";
  binding.plain_size = 5;
  binding.sealed_size = 533;
  binding.plain_hash.fill(7);
  binding.sealed_hash.fill(9);
  return binding;
}

Status StoreFixture::put(const ItemRecord& record) {
  return wait([&](Done done) { store_->put_pending(record, std::move(done)); });
}

Status StoreFixture::bind(const Id& key, const Binding& binding, bool newest, ItemState state) {
  return wait(
      [&](Done done) { store_->bind(key, binding, state, newest, clock_, std::move(done)); });
}

Id StoreFixture::put_and_bind(std::string_view item) {
  const ItemRecord record = new_record();
  EXPECT_THAT(put(record), Succeeds());
  EXPECT_THAT(bind(record.sealed.key, binding(item)), Succeeds());
  return record.sealed.key;
}

Status StoreFixture::set_state(const Id& key, ItemState from, ItemState to) {
  return wait([&](Done done) { store_->set_state(key, from, to, std::move(done)); });
}

std::string StoreFixture::describe(const Id& key) {
  const auto record = store_->find(key);
  return record ? keystore::describe(*store_, *record) : record.error().detail;
}

}  // namespace kerros::keystore
