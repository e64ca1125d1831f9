// One LMDB environment and its named databases, opened once and closed with its owner.
//
// Thread safety: const after open; write transactions belong to one thread at a time.
// Lifetime: transactions must end before their environment.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/result.h"

struct MDB_env;

namespace kerros::keystore {

struct EnvParams {
  std::string directory;  // must exist; holds data.mdb and lock.mdb
  std::uint64_t map_bytes = 0;
  std::vector<std::string> databases;
  bool durable = true;  // false: tmpfs, kill -9 leaves everything, power loss may not
};

using DbHandle = unsigned int;  // index into LMDB's own table

class Env {
 public:
  static Result<std::unique_ptr<Env>> open(const EnvParams& params);
  ~Env();
  Env(const Env&) = delete;
  Env& operator=(const Env&) = delete;

  MDB_env* raw() const { return env_; }
  // By position in EnvParams::databases.
  DbHandle db(std::size_t position) const { return handles_[position]; }
  // Pages the map still has, freed ones included; stops counting at `enough`.
  std::uint64_t pages_left(std::uint64_t enough) const;
  std::uint64_t pages() const;  // pages the map has at all
  const std::string& directory() const { return directory_; }

 private:
  Env() = default;
  Status open_databases(const std::vector<std::string>& names);
  MDB_env* env_ = nullptr;
  std::vector<DbHandle> handles_;
  std::string directory_;
};

// What an LMDB or errno code means to a caller: map and disk full become kFull.
Error lmdb_error(int code, std::string_view doing, const std::string& directory);

}  // namespace kerros::keystore
