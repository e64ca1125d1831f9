// Edits a closed environment past the store, as somebody with access to its files could.
#pragma once

#include <gtest/gtest.h>
#include <lmdb.h>

#include <functional>
#include <map>
#include <string>

namespace kerros::keystore {

using RawRows = std::map<std::string, std::string>;

// Runs `edit` on the rows of one database and writes back whatever it left.
inline void edit_rows(const std::string& directory, const char* database,
                      const std::function<void(RawRows&)>& edit) {
  MDB_env* env = nullptr;
  MDB_txn* txn = nullptr;
  MDB_dbi dbi = 0;
  MDB_cursor* cursor = nullptr;
  mdb_env_create(&env);
  mdb_env_set_maxdbs(env, 8);
  ASSERT_EQ(mdb_env_open(env, directory.c_str(), 0, 0600), 0);
  ASSERT_EQ(mdb_txn_begin(env, nullptr, 0, &txn), 0);
  ASSERT_EQ(mdb_dbi_open(txn, database, 0, &dbi), 0);
  ASSERT_EQ(mdb_cursor_open(txn, dbi, &cursor), 0);
  RawRows rows;
  MDB_val key{}, value{};
  while (mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == 0)
    rows.emplace(std::string(static_cast<const char*>(key.mv_data), key.mv_size),
                 std::string(static_cast<const char*>(value.mv_data), value.mv_size));
  mdb_cursor_close(cursor);
  edit(rows);
  ASSERT_EQ(mdb_drop(txn, dbi, 0), 0);
  for (const auto& [k, v] : rows) {
    key = {k.size(), const_cast<char*>(k.data())};
    value = {v.size(), const_cast<char*>(v.data())};
    ASSERT_EQ(mdb_put(txn, dbi, &key, &value, 0), 0);
  }
  ASSERT_EQ(mdb_txn_commit(txn), 0);
  mdb_env_close(env);
}

}  // namespace kerros::keystore
