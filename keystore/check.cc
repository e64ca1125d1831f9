#include "keystore/check.h"

#include <algorithm>
#include <filesystem>

#include "keystore/child.h"
#include "keystore/pages.h"
#include "keystore/record.h"
#include "keystore/wire.h"

namespace kerros::keystore {
namespace {

std::string data_file(const std::string& directory) { return directory + "/data.mdb"; }

// Far more than a sound file takes (about 100 MB/s), so that only a broken one meets it.
std::chrono::seconds limit_for(const std::string& file) {
  constexpr std::uint64_t kBytesPerSecond = std::uint64_t{4} << 20;
  std::error_code ignored;
  const std::uintmax_t size = std::filesystem::file_size(file, ignored);
  return std::chrono::seconds(30 + (ignored ? 0 : size / kBytesPerSecond));
}

Result<Bytes> in_child(const std::string& directory, const std::function<Result<Bytes>()>& work) {
  const std::string file = data_file(directory);
  return run_in_child("the store is damaged: " + file, limit_for(file), work);
}

// The head's row is known by its name: under another one it would be found here, not by the next
// commit, which writes a second; the start after that would meet two.
Status expect_head(const Row& row, std::string_view environment) {
  if (as_text(row.key) == kHeadKey) return {};
  return fail(ErrorCode::kNotAuthentic, "the store is damaged: the head of " +
                                            std::string(environment) + " has another name");
}

Result<Bytes> items_head(const StoreKeys& keys, const std::string& directory,
                         std::uint64_t map_bytes) {
  Head counted("items");
  Bytes stored_head;
  std::uint64_t records = 0;
  const auto visit = [&](const Row& row) -> Status {
    if (row.db == kHeadDb) {
      stored_head.assign(row.value.begin(), row.value.end());
      return expect_head(row, "items");
    }
    if (row.db == "records") {
      ++records;
      if (auto sound = verify_item(keys, row.key, row.value); !sound) return sound;
    }
    if (row.db == "intents")
      if (auto sound = decode_intent(keys, row.key, row.value); !sound)
        return tl::unexpected(sound.error());
    counted.enter(keys, row.db, row.key, row.value);
    return {};
  };
  if (auto ok = walk_file(data_file(directory), map_bytes, visit); !ok)
    return tl::unexpected(ok.error());
  Head head("items");
  if (auto ok = head.decode(keys, stored_head); !ok) return tl::unexpected(ok.error());
  if (!head.same_rows(counted) || head.count() != records)
    return fail(ErrorCode::kNotAuthentic,
                "the store is damaged: a row of items was put back, added or removed");
  return stored_head;
}

}  // namespace

Result<std::vector<KeyRow>> read_keys(const std::string& directory, std::uint64_t map_bytes) {
  auto answer = in_child(directory, [&]() -> Result<Bytes> {
    Encoder out;
    Encoder head;
    const auto visit = [&](const Row& row) -> Status {
      const bool is_head = row.db == kHeadDb;
      Encoder& to = is_head ? head : out;
      to.counted(row.key);
      to.counted(row.value);
      return is_head ? expect_head(row, "keys") : Status();
    };
    if (auto ok = walk_file(data_file(directory), map_bytes, visit); !ok)
      return tl::unexpected(ok.error());
    out.fixed(head.view());
    return out.take();
  });
  if (!answer) return tl::unexpected(answer.error());
  std::vector<KeyRow> rows;
  Decoder in(*answer);
  while (!in.complete() && !in.failed()) {
    const ByteView key = in.counted();
    const ByteView value = in.counted();
    rows.emplace_back(Bytes(key.begin(), key.end()), Bytes(value.begin(), value.end()));
  }
  if (in.failed() || rows.empty())
    return fail(ErrorCode::kNotAuthentic, "the store is damaged: " + directory + " holds no keys");
  return rows;
}

Result<Head> verify_keys(const StoreKeys& keys, std::span<const KeyRow> rows) {
  Head head("keys");
  if (auto ok = head.decode(keys, rows.back().second); !ok) return tl::unexpected(ok.error());
  Head counted("keys");
  for (const auto& [key, value] : rows.first(rows.size() - 1))
    counted.enter(keys, "rows", key, value);
  if (!head.same_rows(counted))
    return fail(ErrorCode::kNotAuthentic,
                "the store is damaged: a row of keys was put back, added or removed");
  return head;
}

Result<Head> check_items(const StoreKeys& keys, const std::string& directory,
                         std::uint64_t map_bytes) {
  auto answer = in_child(directory, [&] { return items_head(keys, directory, map_bytes); });
  if (!answer) return tl::unexpected(answer.error());
  Head head("items");
  if (auto ok = head.decode(keys, *answer); !ok) return tl::unexpected(ok.error());
  return head;
}

Status check_sessions(const std::string& directory, std::uint64_t map_bytes, ByteView owner) {
  auto answer = in_child(directory, [&]() -> Result<Bytes> {
    bool owned = false;
    const auto visit = [&](const Row& row) -> Status {
      if (row.db == kOwnerDb) owned = std::ranges::equal(row.value, owner);
      return {};
    };
    if (auto ok = walk_file(data_file(directory), map_bytes, visit); !ok)
      return tl::unexpected(ok.error());
    if (!owned) return fail(ErrorCode::kNotFound, directory + " belongs to another store");
    return Bytes{};
  });
  if (!answer) return tl::unexpected(answer.error());
  return {};
}

}  // namespace kerros::keystore
