// What the benchmarks' cloud remembers: the files whose bytes it keeps, and the latest of those it
// dropped, so that clients which look at what they stored find it.
//
// Kept is what has a segment that begins with "kept" in its path. What has no dot in its last
// segment is a folder: nobody has to make one.
//
// Thread safety: one thread.
// Lifetime: a pointer to an item is valid until the next put or erase; hold the body to send it.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "crypto/quickxor.h"
#include "tests/bench/load/body.h"

namespace kerros::bench {

struct Item {
  std::string id;
  std::string path;  // "/Salassa/kept/1.bin"
  std::uint64_t size = 0;
  std::string hash;  // base64 of its QuickXorHash
  std::uint64_t version = 1;
  std::shared_ptr<const Body> body;  // empty: dropped

  std::string_view name() const;
  std::string_view folder() const;  // "" of what lies in the root
};

bool is_kept(std::string_view path);
bool is_folder(std::string_view path);

class Items {
 public:
  static constexpr std::size_t kRemembered = 4096;  // of those whose bytes were dropped

  const Item& put(std::string path, const crypto::QuickXor& hash, std::shared_ptr<const Body> body);
  const Item* by_path(std::string_view path) const;
  const Item* by_id(std::string_view id) const;
  bool erase(std::string_view path);
  bool move(std::string_view from, std::string to);

  // Kept files of a folder, as the text of a listing that `write` makes of each; made once.
  using Write = void (*)(std::string& out, const Item& item);
  const std::string& listing(const std::string& folder, Write write);

 private:
  void forget_oldest();

  std::map<std::string, Item, std::less<>> by_path_;
  std::unordered_map<std::string, std::string> path_of_id_;
  std::deque<std::string> dropped_;
  std::map<std::string, std::string> listings_;
  std::uint64_t last_id_ = 0;
};

}  // namespace kerros::bench
