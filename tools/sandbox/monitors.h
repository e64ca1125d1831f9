// What takes its time: operations that were accepted, and how often they were asked about.
//
// Forgotten when the sandbox ends.
// Thread safety: any thread.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace kerros::sandbox {

struct Monitor {
  std::string operation;  // "itemCopy"
  std::string drive;      // of what came of it
  std::string item;
  std::string error;        // a code; empty when it went well
  std::uint64_t polls = 1;  // how often it is still under way when asked
  std::uint64_t asked = 0;

  bool done() const { return asked > polls; }
};

class Monitors {
 public:
  std::string add(Monitor monitor);  // the last step of its URL
  // As it is now; each question counts.
  std::optional<Monitor> ask(const std::string& id);

 private:
  std::mutex mutex_;
  std::map<std::string, Monitor> monitors_;
};

}  // namespace kerros::sandbox
