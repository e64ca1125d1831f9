// What `kerros doctor` found, a line each, and what it looked at.
//
// Thread safety: one thread. Lifetime: parts take the report by reference.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tools/questions.h"

namespace kerros::tools {

class Report {
 public:
  void ok(std::string name, std::string what) { add("ok", std::move(name), std::move(what), ""); }
  void warn(std::string name, std::string what, std::string remedy) {
    add("warn", std::move(name), std::move(what), std::move(remedy));
  }
  void fail(std::string name, std::string what, std::string remedy) {
    add("FAIL", std::move(name), std::move(what), std::move(remedy));
    failed_ = true;
  }
  void fail(std::string name, const Error& error);  // with its hint as the remedy

  bool failed() const { return failed_; }
  std::string text() const;  // a line for each, its remedy on one of its own
  Json json() const;         // {"ok","checks":[{"name","result","what","remedy"}]}

 private:
  struct Line {
    std::string result;
    std::string name;
    std::string what;
    std::string remedy;
  };
  void add(std::string result, std::string name, std::string what, std::string remedy);

  std::vector<Line> lines_;
  bool failed_ = false;
};

// Whether a gateway serves this configuration: its own status, or why that is not known.
struct Gateway {
  enum class Runs : std::uint8_t { kNo, kYes, kUnknown } runs = Runs::kUnknown;
  std::string graph_listen;  // as bound, when it runs
};

// The parts, from the inside out. Each looks, says, and changes nothing.
Gateway check_gateway(const Config& config, const Globals& globals, Report& report);
void check_certificates(const Config& config, Report& report);
void check_room(const Config& config, Report& report);
void check_doors(const Config& config, const Gateway& gateway, Report& report);
void check_interception(const Config& config, Report& report);
void check_cloud(const Config& config, Report& report);

}  // namespace kerros::tools
