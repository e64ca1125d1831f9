// The plain sizes of an item's versions, by what they take up in the cloud.
//
// An answer can list hundreds of versions of one item, or name it many times; its records are read
// once.
// Thread safety: one coroutine.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "keystore/records.h"

namespace kerros::io {

class VersionSizes {
 public:
  using Sizes = std::map<std::uint64_t, std::uint64_t>;  // plain, by sealed
  using Read = std::function<std::vector<keystore::ItemRecord>(const std::string& drive_id,
                                                               const std::string& item_id)>;
  explicit VersionSizes(Read read) : read_(std::move(read)) {}

  // Empty for an item that was never sealed here. Valid as long as this.
  const Sizes& of(const std::string& drive_id, const std::string& item_id) {
    const auto [at, is_new] = known_.try_emplace({drive_id, item_id});
    if (is_new)
      for (const auto& version : read_(drive_id, item_id))
        at->second.emplace(version.binding.sealed_size, version.binding.plain_size);
    return at->second;
  }

 private:
  Read read_;
  std::map<std::pair<std::string, std::string>, Sizes> known_;
};

}  // namespace kerros::io
