// The store's files as an enemy would leave them: every row is genuine, the set of them is not.
#include "raw_lmdb.h"
#include "store_fixture.h"

namespace kerros::keystore {
namespace {

using testing::HasSubstr;

class TamperedStore : public StoreFixture {
 protected:
  TamperedStore() {
    open();
    first_ = put_and_bind("01A");
    second_ = put_and_bind("01B");
    close();
  }
  void edit(const char* database, const std::function<void(RawRows&)>& change) {
    edit_rows(store_path_ + "/items", database, change);
  }
  RawRows rows(const char* database) {
    RawRows copy;
    edit(database, [&](RawRows& rows) { copy = rows; });
    return copy;
  }
  static std::string text(const Id& id) { return std::string(as_text(id)); }
  void expect_refused(std::string_view why) {
    const auto opened = try_open();
    ASSERT_THAT(opened, FailsWith(ErrorCode::kNotAuthentic));
    EXPECT_THAT(opened.error().detail, HasSubstr(std::string(why)));
  }
  Id first_{}, second_{};
};

TEST_F(TamperedStore, OpensWhenRowsWereOnlyRewritten) {
  edit("records", [](RawRows&) {});
  EXPECT_THAT(try_open(), Succeeds());
}

TEST_F(TamperedStore, IsRefusedWhenARecordWasRemoved) {
  edit("records", [&](RawRows& rows) { rows.erase(text(first_)); });
  expect_refused("put back, added or removed");
}

TEST_F(TamperedStore, IsRefusedWhenAnOldRecordWasPutBack) {
  const RawRows before = rows("records");
  open();
  ASSERT_THAT(set_state(first_, ItemState::kBound, ItemState::kSuspect), Succeeds());
  close();
  edit("records", [&](RawRows& rows) { rows[text(first_)] = before.at(text(first_)); });
  expect_refused("put back, added or removed");
}

TEST_F(TamperedStore, IsRefusedWhenOneRecordIsReplacedByAnother) {
  edit("records", [&](RawRows& rows) { rows[text(first_)] = rows[text(second_)]; });
  expect_refused("item record " + to_hex(first_) + " was changed on disk");
}

TEST_F(TamperedStore, IsRefusedByTheRecordsNameWhenOneByteChanged) {
  edit("records", [&](RawRows& rows) { rows[text(second_)][40] ^= 1; });
  expect_refused("item record " + to_hex(second_) + " was changed on disk");
}

TEST_F(TamperedStore, IsRefusedWhenAnIndexRowWasRemovedOrAdded) {
  const RawRows index = rows("index");
  edit("index", [&](RawRows& rows) { rows.erase(rows.begin()); });
  expect_refused("put back, added or removed");
  edit("index", [&](RawRows& rows) {
    rows = index;
    std::string forged = index.begin()->first;
    forged[0] ^= 1;
    rows[forged] = "";
  });
  expect_refused("put back, added or removed");
  edit("index", [&](RawRows& rows) { rows = index; });
  EXPECT_THAT(try_open(), Succeeds());
}

TEST_F(TamperedStore, IsRefusedWhenTheHeadIsOldChangedOrGone) {
  const RawRows old_head = rows("head");
  open();
  put_and_bind("01C");
  close();
  const RawRows head = rows("head");
  edit("head", [&](RawRows& rows) { rows = old_head; });
  expect_refused("put back, added or removed");
  edit("head", [&](RawRows& rows) { rows["head"][30] ^= 1; });
  expect_refused("head of items");
  edit("head", [&](RawRows& rows) { rows.clear(); });
  expect_refused("head of items");
  edit("head", [&](RawRows& rows) { rows = head; });
  EXPECT_THAT(try_open(), Succeeds());
}

// The next commit would leave such a row beside its own, and nobody could open the store any more.
TEST_F(TamperedStore, IsRefusedWhenAHeadHasAnotherName) {
  for (const char* environment : {"items", "keys"}) {
    const std::string directory = store_path_ + "/" + environment;
    RawRows original;
    edit_rows(directory, "head", [&](RawRows& rows) {
      original = rows;
      rows = {{"lead", original.at("head")}};
    });
    expect_refused(std::string("head of ") + environment + " has another name");
    edit_rows(directory, "head", [&](RawRows& rows) {
      rows = original;
      rows["lead"] = original.at("head");
    });
    expect_refused(std::string("head of ") + environment + " has another name");
    edit_rows(directory, "head", [&](RawRows& rows) { rows = original; });
  }
  EXPECT_THAT(try_open(), Succeeds());
}

// The whole file from before is consistent in itself: the head shows it to whoever kept the later
// one, and the audit log does.
TEST_F(TamperedStore, ShowsAnOlderHeadWhenTheWholeFileIsFromBefore) {
  const std::string file = store_path_ + "/items/data.mdb";
  std::filesystem::copy_file(file, dir_ / "yesterday.mdb");
  open();
  const StoreHead before = store_->head();
  put_and_bind("01C");
  const StoreHead after = store_->head();
  close();
  std::filesystem::copy_file(dir_ / "yesterday.mdb", file,
                             std::filesystem::copy_options::overwrite_existing);
  open();
  EXPECT_EQ(store_->head(), before);
  EXPECT_LT(store_->head().sequence, after.sequence);
  EXPECT_NE(store_->head().set_hash, after.set_hash);
  // The same number of transactions from there does not lead to the same head.
  put_and_bind("01D");
  EXPECT_EQ(store_->head().sequence, after.sequence);
  EXPECT_NE(store_->head().set_hash, after.set_hash);
}

TEST_F(TamperedStore, IsRefusedWhenARowOfKeysWasChangedRemovedOrAdded) {
  const std::string keys = store_path_ + "/keys";
  RawRows original;
  edit_rows(keys, "rows", [&](RawRows& rows) { original = rows; });
  for (const auto& [key, value] : original) {
    edit_rows(keys, "rows", [&](RawRows& rows) { rows[key].back() ^= 1; });
    EXPECT_THAT(try_open(), FailsWith(ErrorCode::kNotAuthentic)) << key[0];
    edit_rows(keys, "rows", [&](RawRows& rows) { rows.erase(key); });
    EXPECT_THAT(try_open(), FailsWith(ErrorCode::kNotAuthentic)) << key[0];
    edit_rows(keys, "rows", [&](RawRows& rows) { rows = original; });
  }
  edit_rows(keys, "rows", [&](RawRows& rows) { rows["X"] = "row of no kind"; });
  EXPECT_THAT(try_open(), FailsWith(ErrorCode::kNotAuthentic));
  edit_rows(keys, "rows", [&](RawRows& rows) { rows = original; });
  EXPECT_THAT(try_open(), Succeeds());
}

TEST_F(TamperedStore, IsRefusedWithTheItemsOfAnotherStore) {
  ASSERT_THAT(KeyStore::create({dir_ / "other", "x", KeyFile{key_file_}, kNow}), Succeeds());
  std::filesystem::copy_file(dir_ / "other/items/data.mdb", store_path_ + "/items/data.mdb",
                             std::filesystem::copy_options::overwrite_existing);
  EXPECT_THAT(try_open(), FailsWith(ErrorCode::kNotAuthentic));
}

TEST_F(TamperedStore, IsRefusedWhenAFileIsCutOrGone) {
  const std::string file = store_path_ + "/items/data.mdb";
  const auto size = std::filesystem::file_size(file);
  for (std::uintmax_t left = 0; left < size; left += 4096) {
    std::filesystem::copy_file(file, dir_ / "whole.mdb",
                               std::filesystem::copy_options::overwrite_existing);
    std::filesystem::resize_file(file, left);
    EXPECT_THAT(try_open(), FailsWith(ErrorCode::kNotAuthentic)) << left;
    std::filesystem::copy_file(dir_ / "whole.mdb", file,
                               std::filesystem::copy_options::overwrite_existing);
  }
  std::filesystem::remove(file);
  EXPECT_THAT(try_open(), FailsWith(ErrorCode::kUnavailable));
}

}  // namespace
}  // namespace kerros::keystore
