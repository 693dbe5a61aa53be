#pragma once
/// A file that many threads read at once, each wherever it wants; a file that shrinks or changes meanwhile is noticed.

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <tepui/io/read_options.hpp>

namespace tepui::io {

/// A file open for reading at any place, by any thread.
/// errors  bad_data where it is cut short, or changed since it was opened
class open_file {
 public:
  explicit open_file(std::string path) : path_(std::move(path)), fd_(::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {
    if (fd_ < 0) refuse(path_, "", "it does not exist or may not be read; check the path");
    struct stat about{};
    if (::fstat(fd_, &about) != 0 || !S_ISREG(about.st_mode)) {
      ::close(fd_);
      refuse(path_, "", "it is no file but a folder or a device; name a file");
    }
    size_ = static_cast<std::uint64_t>(about.st_size);
    changed_ = about.st_mtim;
    device_ = about.st_dev;
    number_ = about.st_ino;
  }
  ~open_file() { ::close(fd_); }
  open_file(const open_file&) = delete;
  open_file& operator=(const open_file&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::uint64_t size() const { return size_; }

  void check_unchanged() const {
    struct stat now{};
    if (::fstat(fd_, &now) != 0 || !same(now)) refuse_change();
  }
  /// The same, for whoever opened the path once more: another file may have taken the name.
  void check_same_path() const {
    struct stat now{};
    if (::stat(path_.c_str(), &now) != 0 || !same(now) || now.st_dev != device_ || now.st_ino != number_) refuse_change();
  }
  void read(std::uint64_t at, void* to, std::uint64_t n, std::string_view where) const {
    auto* out = static_cast<char*>(to);
    while (n > 0) {
      const ssize_t got = ::pread(fd_, out, static_cast<std::size_t>(n), static_cast<off_t>(at));
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0)
        refuse(path_, in_quotes(where),
               "byte " + std::to_string(at) + " cannot be read; the disk fails or the file was cut short");
      out += got;
      at += static_cast<std::uint64_t>(got);
      n -= static_cast<std::uint64_t>(got);
    }
  }

 private:
  [[nodiscard]] bool same(const struct stat& now) const {
    return static_cast<std::uint64_t>(now.st_size) == size_ && now.st_mtim.tv_sec == changed_.tv_sec &&
           now.st_mtim.tv_nsec == changed_.tv_nsec;
  }
  [[noreturn]] void refuse_change() const {
    refuse(path_, "", "it has changed since it was opened; open it again when nobody writes to it");
  }

  std::string path_;
  int fd_;
  std::uint64_t size_ = 0;
  timespec changed_{};
  dev_t device_ = 0;
  ino_t number_ = 0;
};

}  // namespace tepui::io
