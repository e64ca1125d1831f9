#include "tools/doctor_report.h"

#include <algorithm>

#include "gateway/complaint.h"
#include "tools/output.h"

namespace kerros::tools {

void Report::fail(std::string name, const Error& error) {
  const auto complaint = complaint_of(error);
  fail(std::move(name), complaint.what + (complaint.why.empty() ? "" : ": " + complaint.why),
       complaint.hint);
}

void Report::add(std::string result, std::string name, std::string what, std::string remedy) {
  lines_.push_back({std::move(result), std::move(name), printable(what), printable(remedy)});
}

std::string Report::text() const {
  std::size_t width = 0;
  for (const auto& line : lines_) width = std::max(width, line.name.size());
  std::string text;
  for (const auto& line : lines_) {
    text += line.result + std::string(6 - line.result.size(), ' ') + line.name +
            std::string(width + 2 - line.name.size(), ' ') + line.what + "\n";
    if (!line.remedy.empty()) text += std::string(width + 8, ' ') + "-> " + line.remedy + "\n";
  }
  return text;
}

Json Report::json() const {
  auto checks = Json::array();
  for (const auto& line : lines_)
    checks.push_back({{"name", line.name},
                      {"result", line.result},
                      {"what", line.what},
                      {"remedy", line.remedy.empty() ? Json() : Json(line.remedy)}});
  return {{"ok", !failed_}, {"checks", std::move(checks)}};
}

}  // namespace kerros::tools
