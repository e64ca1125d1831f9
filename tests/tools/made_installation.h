// A whole installation in a directory of its own, made as `kerros init` makes it.
#pragma once

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <future>
#include <optional>
#include <string>

#include "gateway/installation.h"
#include "tools/new_installation.h"

namespace kerros::testing_tools {

class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_("/tmp/kerros-tools-XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) path_.clear();
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  std::string at(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

class MadeInstallation : public testing::Test {
 protected:
  void SetUp() override { make({}); }
  void TearDown() override {
    std::error_code ignored;
    if (config_) std::filesystem::remove_all(config_->store.sessions, ignored);
  }

  void make(std::vector<std::string> protect) {
    tools::NewInstallation wanted;
    wanted.directory = directory_.at("k");
    wanted.graph_listen = "127.0.0.1:0";
    wanted.admin_listen = "127.0.0.1:0";
    wanted.name = "localhost";
    wanted.unit = "main";
    wanted.protect = std::move(protect);
    wanted.actor = "os:tester";
    const auto made = tools::make_installation(std::move(wanted));
    ASSERT_TRUE(made) << made.error().detail;
    auto config = load_config(made->config);
    ASSERT_TRUE(config) << config.error().detail;
    config_ = std::move(*config);
  }

  Result<std::unique_ptr<Installation>> open() const {
    auto unseal = unseal_method(*config_, -1);
    return Installation::open(*config_, std::move(*unseal));
  }

  // One upload as the store sees it; the file's key is returned in the record.
  static keystore::ItemRecord put_item(Installation& installation, const std::string& drive,
                                       const std::string& item, std::uint64_t now,
                                       const crypto::Commitment& commitment = {}) {
    const auto key = installation.store->make_key(
        {installation.unit, crypto::Suite::kAes256Gcm, now},
        [&](const auto&, const auto&, ByteView) -> Result<crypto::Commitment> {
          return commitment;
        });
    EXPECT_TRUE(key) << (key ? "" : key.error().detail);
    keystore::ItemRecord record;
    record.sealed = key->sealed;
    record.item_class = "secret";
    record.created_by = "aino@example.org";
    record.created = now;
    EXPECT_TRUE(wait([&](auto done) { installation.store->put_pending(record, done); }));
    keystore::Binding binding;
    binding.drive_id = drive;
    binding.item_id = item;
    binding.ctag = "c:1";
    binding.name = item + ".docx";
    binding.plain_size = 5;
    binding.sealed_size = 533;
    EXPECT_TRUE(wait([&](auto done) {
      installation.store->bind(record.sealed.key, binding, keystore::ItemState::kBound, true, now,
                               done);
    }));
    return record;
  }

  template <typename Start>
  static Status wait(const Start& start) {
    std::promise<Status> promise;
    start([&promise](Status status) { promise.set_value(std::move(status)); });
    return promise.get_future().get();
  }

  TemporaryDirectory directory_;
  std::optional<Config> config_;
};

}  // namespace kerros::testing_tools
