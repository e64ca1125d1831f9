// No room: refused cleanly, nothing lost, and the store goes on when there is room again.
#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "store_fixture.h"

namespace kerros::keystore {
namespace {

class FullStore : public StoreFixture {
 protected:
  // Puts and binds until something is refused; what was acknowledged is remembered.
  Status fill() {
    for (int i = 0; i < 100'000; ++i) {
      const ItemRecord record = new_record();
      if (auto ok = put(record); !ok) return ok;
      acknowledged_.push_back(record.sealed.key);
      if (auto ok = bind(record.sealed.key, binding("01" + std::to_string(i))); !ok) return ok;
    }
    return {};
  }
  void expect_everything_is_there() {
    for (const Id& key : acknowledged_) ASSERT_THAT(store_->find(key), Succeeds());
    EXPECT_EQ(store_->item_count(), acknowledged_.size());
  }
  std::vector<Id> acknowledged_;
};

TEST_F(FullStore, RefusesNewRecordsWhileItsMapIsNearlyFullButBindsWhatIsUnderWay) {
  items_map_bytes_ = std::uint64_t{1} << 20;
  open();
  std::vector<Id> under_way;
  for (int i = 0; i < 32; ++i) {
    const ItemRecord record = new_record();
    ASSERT_THAT(put(record), Succeeds());
    under_way.push_back(record.sealed.key);
    acknowledged_.push_back(record.sealed.key);
  }
  ASSERT_THAT(fill(), FailsWith(ErrorCode::kFull));
  for (const Id& key : under_way) EXPECT_THAT(bind(key, binding("02")), Succeeds());
  EXPECT_THAT(put(new_record()), FailsWith(ErrorCode::kFull));
  EXPECT_THAT(store_->check_writable(), Succeeds());
  expect_everything_is_there();
  close();
  items_map_bytes_ = std::uint64_t{2} << 20;
  open();
  expect_everything_is_there();
  EXPECT_THAT(put(new_record()), Succeeds());
}

TEST_F(FullStore, LosesNothingWhenAGroupFindsTheMapFull) {
  items_map_bytes_ = std::uint64_t{1} << 20;
  open();
  constexpr std::size_t kMany = 3000;
  std::vector<ItemRecord> records;
  for (std::size_t i = 0; i < kMany; ++i) records.push_back(new_record());
  std::vector<std::promise<Status>> answers(kMany);
  for (std::size_t i = 0; i < kMany; ++i)
    store_->put_pending(records[i], [&, i](Status status) { answers[i].set_value(status); });
  std::size_t refused = 0;
  for (std::size_t i = 0; i < kMany; ++i) {
    const Status status = answers[i].get_future().get();
    if (status) {
      acknowledged_.push_back(records[i].sealed.key);
    } else {
      ASSERT_THAT(status, FailsWith(ErrorCode::kFull));
      ++refused;
    }
  }
  EXPECT_GT(refused, 0u);
  EXPECT_GT(acknowledged_.size(), 100u);
  expect_everything_is_there();
  reopen();
  expect_everything_is_there();
}

// The size a file may have stands for a disk that takes no more; it needs no privilege.
TEST_F(FullStore, GoesOnAfterWritesFailed) {
  open();
  put_and_bind("01A");
  acknowledged_.push_back(store_->scan(Id{}, 1, {})->at(0).sealed.key);
  const auto before = ::signal(SIGXFSZ, SIG_IGN);
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &limit), 0);
  const rlimit unlimited = limit;
  limit.rlim_cur = std::filesystem::file_size(store_path_ + "/items/data.mdb") + 64 * 1024;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
  const Status refused = fill();
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &unlimited), 0);
  ::signal(SIGXFSZ, before);
  ASSERT_FALSE(refused.has_value());
  EXPECT_THAT(refused.error().code, testing::AnyOf(ErrorCode::kFull, ErrorCode::kUnavailable));
  expect_everything_is_there();
  acknowledged_.push_back(put_and_bind("01B"));
  reopen();
  expect_everything_is_there();
}

// A real file system without room; mounting one is root's alone.
class SmallDisk {
 public:
  explicit SmallDisk(const std::string& path) : path_(path) {
    std::filesystem::create_directory(path);
    mounted_ = ::mount("tmpfs", path.c_str(), "tmpfs", 0, "size=512k,mode=0700") == 0;
  }
  ~SmallDisk() {
    if (mounted_) ::umount2(path_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }

 private:
  std::string path_;
  bool mounted_ = false;
};

TEST_F(FullStore, SaysThatTheDiskIsFullAndGoesOnWhenThereIsRoom) {
  const SmallDisk disk(dir_ / "disk");
  if (!disk.mounted()) GTEST_SKIP() << "only root may mount a small file system";
  store_path_ = dir_ / "disk/store";
  ASSERT_THAT(KeyStore::create({store_path_, "Salassa", KeyFile{key_file_}, kNow}), Succeeds());
  std::ofstream(dir_ / "disk/ballast") << std::string(128 * 1024, 'x');
  open();
  ASSERT_THAT(fill(), FailsWith(ErrorCode::kFull));
  expect_everything_is_there();
  std::filesystem::remove(dir_ / "disk/ballast");
  acknowledged_.push_back(put_and_bind("02"));
  reopen();
  expect_everything_is_there();
  close();
}

}  // namespace
}  // namespace kerros::keystore
