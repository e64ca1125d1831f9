// One changed byte at a time in a store's files, each looked at by a fresh process.
#pragma once

#include <functional>
#include <vector>

#include "store_fixture.h"

namespace kerros::keystore {

class FlippedPages : public StoreFixture {
 protected:
  FlippedPages();
  // Changes each byte of `file` ("keys", "items") that `chosen` takes and asks the probe: refused
  // by name, or the same listing as from the untouched store.
  void flip(const std::string& file, const std::function<bool(std::size_t offset)>& chosen);
  std::size_t refused_ = 0;
  std::size_t opened_ = 0;

 private:
  struct Answer {
    int code = 0;  // exit code; minus the signal when one ended it
    std::string text;
  };
  Answer probe() const;
  std::string data(const std::string& file) const { return store_path_ + "/" + file + "/data.mdb"; }
  void restore() const;
  std::string keys_, items_;  // the untouched bytes
  Answer untouched_;
};

}  // namespace kerros::keystore
