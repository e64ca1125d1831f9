// The store on disk: one line of JSON for each change, replayed and rewritten whole at start.
//
// Never synced: this is a stand-in, and its tests are about other people's durability.
// Thread safety: one owner at a time (the Store's lock).
#pragma once

#include <cstdio>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "tools/sandbox/model.h"

namespace kerros::sandbox {

nlohmann::json to_json(const Item& item);
Item item_from_json(const nlohmann::json& in);
nlohmann::json to_json(const UploadSession& session);
UploadSession session_from_json(const nlohmann::json& in);

class Journal {
 public:
  explicit Journal(std::string path) : path_(std::move(path)) {}

  // Each line that was ever written, oldest first. A torn last line is dropped.
  void replay(const std::function<void(const nlohmann::json&)>& each) const;
  // Begins a new file with these lines in place of the old one.
  void rewrite(const std::vector<nlohmann::json>& lines);
  void append(const nlohmann::json& line);

 private:
  struct Closer {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::string path_;
  std::unique_ptr<std::FILE, Closer> file_;
};

}  // namespace kerros::sandbox
