// How many sealed bytes may lie in spools, all of them together.
//
// Thread safety: any thread. Lifetime: outlives the spools that draw on it.
#pragma once

#include <atomic>
#include <cstdint>

namespace kerros::io {

class SpoolRoom {
 public:
  // False, and nothing is taken, when `limit` bytes would be exceeded.
  bool take(std::uint64_t bytes, std::uint64_t limit) {
    std::uint64_t taken = taken_;
    do {
      if (bytes > limit || taken > limit - bytes) return false;
    } while (!taken_.compare_exchange_weak(taken, taken + bytes));
    return true;
  }
  void give_back(std::uint64_t bytes) { taken_ -= bytes; }

 private:
  std::atomic<std::uint64_t> taken_{0};
};

}  // namespace kerros::io
