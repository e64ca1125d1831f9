// Transactions over one environment. Nothing they hand out outlives them: callers copy.
//
// Thread safety: one thread each. Lifetime: within one function; never across a wait.
#pragma once

#include <functional>
#include <optional>
#include <utility>

#include "crypto/bytes.h"
#include "keystore/env.h"

struct MDB_txn;

namespace kerros::keystore {

class Txn {
 public:
  virtual ~Txn();
  Txn(const Txn&) = delete;
  Txn& operator=(const Txn&) = delete;

  // A view valid until the next write or the end; empty optional: no such key.
  Result<std::optional<ByteView>> get(DbHandle db, ByteView key);
  // Visits rows in key order from the first key >= `from` until `visit` says false.
  using Visit = std::function<bool(ByteView key, ByteView value)>;
  Status walk(DbHandle db, ByteView from, const Visit& visit);
  // The same downwards, from the last key < `below`.
  Status walk_down(DbHandle db, ByteView below, const Visit& visit);

 protected:
  Txn(const Env& env, MDB_txn* txn) : env_(env), txn_(txn) {}
  Error error(int code, std::string_view doing) const;
  const Env& env_;
  MDB_txn* txn_;
};

class ReadTxn : public Txn {
 public:
  static Result<std::unique_ptr<ReadTxn>> begin(const Env& env);

 private:
  using Txn::Txn;
};

// After any error of LMDB itself the transaction is broken and can only be given up; a precondition
// that does not hold (kConflict of insert) breaks nothing.
class WriteTxn : public Txn {
 public:
  static Result<std::unique_ptr<WriteTxn>> begin(const Env& env);

  Status insert(DbHandle db, ByteView key, ByteView value);  // kConflict: the key exists
  Status put(DbHandle db, ByteView key, ByteView value);
  Status erase(DbHandle db, ByteView key);  // succeeds when it is gone already
  Status commit();

  bool changed() const { return changed_; }
  const std::optional<Error>& failure() const { return failure_; }

 private:
  using Txn::Txn;
  Status write(DbHandle db, ByteView key, ByteView value, unsigned flags);
  Status broken(int code, std::string_view doing);
  bool changed_ = false;
  std::optional<Error> failure_;
};

}  // namespace kerros::keystore
