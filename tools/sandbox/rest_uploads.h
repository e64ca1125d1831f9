// Files that arrive in pieces by startUpload, continueUpload and finishUpload, at byte offsets.
//
// Thread safety: any thread. A piece of one upload at a time: two at once are refused.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>

#include "tools/sandbox/quickxor.h"
#include "tools/sandbox/store.h"

namespace kerros::sandbox {

class RestUploads {
 public:
  // All throw Refusal: an upload begun twice, an unknown one, another offset than the next one.
  std::uint64_t start(const std::string& id, const std::string& item, const Arrived& piece);
  std::uint64_t append(const std::string& id, const std::string& item, std::uint64_t offset,
                       const Arrived& piece);
  Arrived finish(const std::string& id, const std::string& item, std::uint64_t offset,
                 const Arrived& piece);
  void cancel(const std::string& id, const std::string& item);

 private:
  struct Upload {
    std::string item;
    std::filesystem::path file;
    QuickXor hash;
  };
  Upload& find(const std::string& id, const std::string& item);
  static void take(Upload& upload, const Arrived& piece);

  std::mutex mutex_;
  std::map<std::string, Upload> uploads_;
};

}  // namespace kerros::sandbox
