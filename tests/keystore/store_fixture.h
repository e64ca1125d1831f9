// A store in a directory of its own, with verbs that wait.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <future>

#include "describe.h"
#include "keystore/key_store.h"

namespace kerros::keystore {

// Made under the temporary directory, removed with everything in it.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Calls an asynchronous verb and waits for its answer: wait([&](Done done) { store.bind(...); }).
template <typename Verb>
Status wait(Verb&& verb) {
  std::promise<Status> answer;
  verb([&](Status status) { answer.set_value(std::move(status)); });
  return answer.get_future().get();
}

inline constexpr UnixMillis kNow = 1'800'000'000'000;

class StoreFixture : public testing::Test {
 protected:
  StoreFixture();
  StoreParams params() const;
  Result<std::unique_ptr<KeyStore>> try_open() const;
  void open();  // fails the test when it is refused
  void close() { store_.reset(); }
  void reopen() { close(), open(); }

  ItemRecord new_record(std::string_view created_by = "ada@example.org");
  Binding binding(std::string_view item, std::string_view name = "report.docx") const;
  Status put(const ItemRecord& record);
  Status bind(const Id& key, const Binding& binding, bool newest = true,
              ItemState state = ItemState::kBound);
  Id put_and_bind(std::string_view item);
  Status set_state(const Id& key, ItemState from, ItemState to);
  // What a reader gets: the record's fields and its key, as one comparable text.
  std::string describe(const Id& key);

  TempDir dir_;
  std::string store_path_ = dir_ / "store";
  std::string key_file_ = dir_ / "root.key";
  std::uint64_t items_map_bytes_ = std::uint64_t{64} << 20;
  UnixMillis clock_ = kNow;  // one more with every record: key ids in the order they were made
  std::unique_ptr<KeyStore> store_;
};

MATCHER_P(FailsWith, code, std::string("fails with ") + kerros::name(code)) {
  if (arg.has_value()) {
    *result_listener << "succeeded";
    return false;
  }
  *result_listener << kerros::name(arg.error().code) << ": " << arg.error().detail;
  return arg.error().code == code;
}

MATCHER(Succeeds, "succeeds") {
  if (!arg.has_value())
    *result_listener << kerros::name(arg.error().code) << ": " << arg.error().detail;
  return arg.has_value();
}

}  // namespace kerros::keystore
