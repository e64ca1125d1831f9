#include "gateway/sharepoint/tenant_routes.h"

#include <array>

namespace kerros::sharepoint {
namespace {

using T = Treatment;
constexpr auto kTenant = HostKind::kTenant;
constexpr auto kMedia = HostKind::kMedia;
constexpr auto kIngest = HostKind::kIngest;
constexpr auto kConsumer = HostKind::kConsumer;

constexpr std::string_view kUnsealed = "refused: content would not be sealed on this way";
constexpr std::string_view kUnopened = "refused: content is not opened on this way";
constexpr std::string_view kNeedsPlain = "refused: the cloud would need the plaintext";
constexpr std::string_view kCopies = "refused: copies and moves are not followed here";
constexpr std::string_view kOlder = "refused: brings an older state back unseen";
constexpr std::string_view kProtocol =
    "refused: Office and the sync client fall back to other ways";
constexpr std::string_view kSealedSizes = "passes; sizes are the sealed ones";

constexpr auto kRows = std::to_array<TenantRow>({
    // The drive API, whose own $batch and sessions the rows of Graph know.
    {"*", kTenant, "**/_api/v2.0/**", T::kDriveApi, "drive-api", "as the rows of Graph say"},
    {"*", kTenant, "**/_api/v2.1/**", T::kDriveApi, "drive-api", "as the rows of Graph say"},

    // REST: writing.
    {"*", kTenant, "**/_api/**/files/add", T::kRefuse, "rest-upload", kUnsealed},
    {"*", kTenant, "**/_api/**/files/addusingpath", T::kRefuse, "rest-upload", kUnsealed},
    {"*", kTenant, "**/_api/**/addtemplatefile", T::kRefuse, "rest-upload", kUnsealed},
    {"*", kTenant, "**/_api/**/addstub*", T::kRefuse, "rest-upload", kUnsealed},
    {"*", kTenant, "**/_api/**/attachmentfiles/**/$value", T::kRefuse, "attachment", kUnsealed},
    {"*", kTenant, "**/_api/**/attachmentfiles/add*", T::kRefuse, "attachment", kUnsealed},
    {"PUT", kTenant, "**/_api/**/$value", T::kRefuse, "rest-overwrite", kUnsealed},
    {"*", kTenant, "**/_api/**/savebinary*", T::kRefuse, "rest-overwrite", kUnsealed},
    {"*", kTenant, "**/_api/**/startupload*", T::kRefuse, "rest-session", kUnsealed},
    {"*", kTenant, "**/_api/**/continueupload*", T::kRefuse, "rest-session", kUnsealed},
    {"*", kTenant, "**/_api/**/finishupload*", T::kRefuse, "rest-session", kUnsealed},
    {"*", kTenant, "**/_api/**/cancelupload*", T::kRefuse, "rest-session", kUnsealed},
    {"*", kTenant, "**/_api/**/uploadwithchecksum", T::kRefuse, "rest-session", kUnsealed},
    {"*", kTenant, "**/_api/**/getuploadstatus", T::kRefuse, "rest-session", kUnsealed},

    // REST: reading, copying, restoring.
    {"*", kTenant, "**/_api/**/$value", T::kRefuse, "rest-download", kUnopened},
    {"*", kTenant, "**/_api/**/openbinarystream*", T::kRefuse, "rest-download", kUnopened},
    {"*", kTenant, "**/_api/**/getpreauthorizedaccessurl*", T::kRefuse, "rest-download",
     "refused: the URL would lead around the gateway"},
    {"*", kTenant, "**/_api/**/copyto*", T::kRefuse, "rest-copy", kCopies},
    {"*", kTenant, "**/_api/**/moveto*", T::kRefuse, "rest-copy", kCopies},
    {"*", kTenant, "**/_api/sp.movecopyutil.*/**", T::kRefuse, "rest-copy", kCopies},
    {"*", kTenant, "**/_api/**/createcopyjob*", T::kRefuse, "rest-copy", kCopies},
    {"*", kTenant, "**/_api/**/restorebyid", T::kRefuse, "rest-restore", kOlder},
    {"*", kTenant, "**/_api/**/restorebylabel", T::kRefuse, "rest-restore", kOlder},
    {"*", kTenant, "**/_api/**/restore*", T::kRefuse, "rest-restore", kOlder},
    {"*", kTenant, "**/_api/search/**", T::kRefuse, "search",
     "refused: may quote from files of anywhere"},

    // Requests within requests, the sync client, migration, Loop.
    {"*", kTenant, "**/_api/$batch", T::kRefuse, "rest-batch",
     "refused: send the requests one by one"},
    {"*", kTenant, "**/_api/processquery", T::kRefuse, "csom", kUnsealed},
    {"*", kTenant, "**/_api/spfilesync/**", T::kRefuse, "sync", kProtocol},
    {"*", kTenant, "**/_api/**/createmigration*", T::kRefuse, "migration", kUnsealed},
    {"*", kTenant, "**/_api/**/provisionmigration*", T::kRefuse, "migration", kUnsealed},
    {"*", kTenant, "**/_api/**/opstream/**", T::kRefuse, "loop", kNeedsPlain},

    // REST: what holds no content.
    {"POST", kTenant, "**/_api/contextinfo", T::kPass, "rest", "passes"},
    {"POST", kTenant, "**/_api/**/renderlistdataasstream", T::kPass, "rest", kSealedSizes},
    {"POST", kTenant, "**/_api/**/getitems", T::kPass, "rest", kSealedSizes},
    {"POST", kTenant, "**/_api/**/items", T::kPass, "rest", kSealedSizes},
    {"MERGE", kTenant, "**/_api/**/items", T::kPass, "rest", kSealedSizes},
    {"PATCH", kTenant, "**/_api/**/items", T::kPass, "rest", kSealedSizes},
    {"MERGE", kTenant, "**/_api/**/listitemallfields", T::kPass, "rest", kSealedSizes},
    {"PATCH", kTenant, "**/_api/**/listitemallfields", T::kPass, "rest", kSealedSizes},
    {"POST", kTenant, "**/_api/**/validateupdatelistitem", T::kPass, "rest", kSealedSizes},
    {"POST", kTenant, "**/_api/**/folders", T::kPass, "rest", "passes"},
    {"POST", kTenant, "**/_api/**/folders/add", T::kPass, "rest", "passes"},
    {"POST", kTenant, "**/_api/**/folders/addusingpath", T::kPass, "rest", "passes"},
    {"POST", kTenant, "**/_api/**/recycle", T::kPass, "rest", "passes"},
    {"DELETE", kTenant, "**/_api/**", T::kPass, "rest", "passes"},
    {"POST", kTenant, "**/_api/**/checkout", T::kPass, "rest", "passes"},
    {"POST", kTenant, "**/_api/**/checkin", T::kPass, "rest", "passes"},
    {"POST", kTenant, "**/_api/**/undocheckout", T::kPass, "rest", "passes"},
    {"POST", kTenant, "**/_api/**/publish", T::kPass, "rest", "passes"},
    {"POST", kTenant, "**/_api/**/unpublish", T::kPass, "rest", "passes"},
    {"POST", kTenant, "**/_api/**/sharelink", T::kPass, "rest",
     "passes; the link shows ciphertext"},
    {"GET", kTenant, "**/_api/**", T::kPass, "rest", kSealedSizes},
    {"HEAD", kTenant, "**/_api/**", T::kPass, "rest", kSealedSizes},
    {"OPTIONS", kTenant, "**/_api/**", T::kPass, "rest", "passes"},

    // Protocols of Office and older ones.
    {"*", kTenant, "**/_vti_bin/**/cellstorage.svc/**", T::kRefuse, "cellstorage", kProtocol},
    {"*", kTenant, "**/_vti_bin/**/author.dll", T::kRefuse, "frontpage", kProtocol},
    {"*", kTenant, "**/_vti_bin/shtml.dll/**", T::kRefuse, "frontpage", kProtocol},
    {"*", kTenant, "**/_vti_bin/owssvr.dll", T::kRefuse, "frontpage", kProtocol},
    {"*", kTenant, "**/_vti_bin/wopi.ashx/**", T::kRefuse, "wopi", kNeedsPlain},
    {"*", kTenant, "**/_vti_bin/*.asmx/**", T::kRefuse, "web-service", kUnsealed},
    {"*", kTenant, "**/_vti_bin/**", T::kRefuse, "web-service", kUnsealed},
    {"*", kTenant, "**/_vti_history/**", T::kRefuse, "old-version", kUnopened},
    {"*", kTenant, "**/_vti_inf.html", T::kRefuse, "frontpage", kProtocol},

    // Pages.
    {"GET", kTenant, "**/_layouts/**/download.aspx", T::kOpen, "download-page", "opened"},
    {"HEAD", kTenant, "**/_layouts/**/download.aspx", T::kOpen, "download-page",
     "answered with the plain size"},
    {"*", kTenant, "**/_layouts/**/upload.aspx/**", T::kRefuse, "upload-page", kUnsealed},
    {"*", kTenant, "**/_layouts/**/uploadex.aspx/**", T::kRefuse, "upload-page", kUnsealed},
    {"*", kTenant, "**/_layouts/**/docidredir.aspx/**", T::kRefuse, "page", kUnopened},
    {"*", kTenant, "**/_layouts/**/guestaccess.aspx/**", T::kRefuse, "page", kUnopened},
    {"*", kTenant, "**/_layouts/**/wopiframe*.aspx/**", T::kRefuse, "office-frame", kNeedsPlain},
    {"*", kTenant, "**/_layouts/**/doc*.aspx/**", T::kRefuse, "office-frame", kNeedsPlain},
    {"*", kTenant, "**/_layouts/**/getpreview.ashx/**", T::kRefuse, "preview", kNeedsPlain},
    {"GET", kTenant, "**/_layouts/**", T::kPass, "page", "passes"},
    {"HEAD", kTenant, "**/_layouts/**", T::kPass, "page", "passes"},

    // Short links: ":w:" and a letter for the way in.
    {"GET", kTenant, ":*:/**?download", T::kRefuse, "short-link", kUnopened},
    {"GET", kTenant, ":*:/**", T::kPass, "short-link", "passes; the page shows ciphertext"},
    {"HEAD", kTenant, ":*:/**", T::kPass, "short-link", "passes"},

    // Files and pages under their own URL, and what WebDAV does with them.
    {"GET", kTenant, "**", T::kOpen, "file", "opened"},
    {"HEAD", kTenant, "**", T::kOpen, "file", "answered with the plain size"},
    {"OPTIONS", kTenant, "**", T::kPass, "webdav", "passes"},
    {"PROPFIND", kTenant, "**", T::kPass, "webdav", kSealedSizes},
    {"PROPPATCH", kTenant, "**", T::kRefuse, "webdav", kProtocol},
    {"MKCOL", kTenant, "**", T::kRefuse, "webdav", kProtocol},
    {"LOCK", kTenant, "**", T::kRefuse, "webdav", kProtocol},
    {"UNLOCK", kTenant, "**", T::kRefuse, "webdav", kProtocol},
    {"COPY", kTenant, "**", T::kRefuse, "webdav", kCopies},
    {"MOVE", kTenant, "**", T::kRefuse, "webdav", kCopies},
    {"PUT", kTenant, "**", T::kRefuse, "webdav", kUnsealed},
    {"DELETE", kTenant, "**", T::kRefuse, "webdav", kProtocol},

    // Other hosts.
    {"*", kMedia, "**/transform/**", T::kRefuse, "media", kNeedsPlain},
    {"GET", kMedia, "**", T::kPass, "media", "passes"},
    {"OPTIONS", kMedia, "**", T::kPass, "media", "passes"},
    {"GET", kIngest, "**", T::kPass, "migration", "passes"},
    {"*", kIngest, "**", T::kRefuse, "migration", kUnsealed},
    {"*", kConsumer, "**", T::kRefuse, "consumer", "refused: drives of persons are not sealed"},
});

}  // namespace

std::string_view name(Treatment treatment) {
  switch (treatment) {
    case Treatment::kDriveApi:
      return "drive-api";
    case Treatment::kPass:
      return "pass";
    case Treatment::kOpen:
      return "open";
    case Treatment::kRefuse:
      break;
  }
  return "refuse";
}

std::span<const TenantRow> tenant_table() { return kRows; }

}  // namespace kerros::sharepoint
