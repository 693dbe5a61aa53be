#pragma once
/// Runs the reading of a file in a child process, so that a damaged file can end the child and never the program.
///
/// libhdf5 trusts what it reads: seeded mutations of valid files make version 1.10.8 crash or loop for ever. The child reads,
/// and hands over finished tables and matrices through a pipe; whatever happens to it becomes one sentence.

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <tepui/io/read_options.hpp>
#include <tepui/io/wire.hpp>

namespace tepui::io {

/// Everything in this library that calls libhdf5 holds this lock: builds of libhdf5 need not be thread-safe, and a process must
/// not be forked while one of its threads is inside it.
inline std::mutex& hdf5_lock() {
  static std::mutex lock;
  return lock;
}

namespace wire {

/// The child's end. errors  none that return: a reader that has gone away ends the child
class to_pipe {
 public:
  static constexpr bool reads = false;
  explicit to_pipe(int fd) : fd_(fd) { buffer_.reserve(room); }
  void bytes(const void* from, std::size_t n) {
    const char* p = static_cast<const char*>(from);
    if (n >= room) {
      flush();
      write_all(p, n);
      return;
    }
    if (buffer_.size() + n > room) flush();
    buffer_.insert(buffer_.end(), p, p + n);
  }
  void flush() {
    write_all(buffer_.data(), buffer_.size());
    buffer_.clear();
  }

 private:
  static constexpr std::size_t room = 1 << 16;
  void write_all(const char* p, std::size_t n) const {
    while (n > 0) {
      const ssize_t done = ::write(fd_, p, n);
      if (done < 0 && errno == EINTR) continue;
      if (done <= 0) ::_exit(1);
      p += done;
      n -= static_cast<std::size_t>(done);
    }
  }
  int fd_;
  std::vector<char> buffer_;
};

/// The child ended before it had sent everything, or took too long.
struct pipe_ended {
  bool too_long = false;
};

/// The parent's end. errors  pipe_ended; bad_data where a declared size is larger than the budget
class from_pipe {
 public:
  static constexpr bool reads = true;
  using clock = std::chrono::steady_clock;
  from_pipe(int fd, std::uint64_t budget, clock::time_point until) : fd_(fd), budget_(budget), until_(until) {}

  void allow(std::uint64_t n, std::uint64_t size) {
    if (n > budget_ / size) throw pipe_ended{};
    budget_ -= n * size;
  }
  void bytes(void* to, std::size_t n) {
    char* p = static_cast<char*>(to);
    while (n > 0) {
      if (at_ == buffer_.size()) {
        if (n >= room) {  // large arrays go straight to where they belong
          const std::size_t got = read_some(p, n);
          p += got;
          n -= got;
          continue;
        }
        buffer_.resize(room);
        buffer_.resize(read_some(buffer_.data(), room));
        at_ = 0;
      }
      const std::size_t take = std::min(n, buffer_.size() - at_);
      std::memcpy(p, buffer_.data() + at_, take);
      at_ += take;
      p += take;
      n -= take;
    }
  }

 private:
  static constexpr std::size_t room = 1 << 16;
  std::size_t read_some(char* p, std::size_t n) const {
    for (;;) {
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until_ - clock::now()).count();
      if (left <= 0) throw pipe_ended{true};
      pollfd wait{fd_, POLLIN, 0};
      const int ready = ::poll(&wait, 1, static_cast<int>(std::min<long long>(left, 1'000'000)));
      if (ready < 0 && errno != EINTR) throw pipe_ended{};
      if (ready <= 0) continue;
      const ssize_t got = ::read(fd_, p, n);
      if (got < 0 && errno == EINTR) continue;
      if (got <= 0) throw pipe_ended{};
      return static_cast<std::size_t>(got);
    }
  }
  int fd_;
  std::uint64_t budget_;
  clock::time_point until_;
  std::vector<char> buffer_;
  std::size_t at_ = 0;
};

}  // namespace wire

/// Seconds of processor time that reading this file may take.
inline double seconds_for(const std::string& path, const read_options& options) {
  if (options.max_seconds > 0) return options.max_seconds;
  struct stat about{};
  const double bytes = ::stat(path.c_str(), &about) == 0 ? static_cast<double>(about.st_size) : 0.0;
  return 3.0 + bytes / (1 << 19);
}

#if defined(__SANITIZE_ADDRESS__)
inline constexpr bool under_address_sanitizer = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
inline constexpr bool under_address_sanitizer = true;
#else
inline constexpr bool under_address_sanitizer = false;
#endif
#else
inline constexpr bool under_address_sanitizer = false;
#endif

/// Makes the child harmless: no core file, bounded time and memory, nothing printed, gone when the parent is gone.
inline void confine_child(const read_options& options, double seconds) {
#ifdef __linux__
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  for (const int s : {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTERM, SIGPIPE, SIGXCPU}) std::signal(s, SIG_DFL);
  std::signal(SIGINT, SIG_IGN);  // Ctrl-C is the parent's to answer
  const rlimit no_core{0, 0};
  ::setrlimit(RLIMIT_CORE, &no_core);
  const rlim_t cpu = static_cast<rlim_t>(seconds) + 1;
  const rlimit time{cpu, cpu + 1};
  ::setrlimit(RLIMIT_CPU, &time);
  if constexpr (under_address_sanitizer) {  // its shadow memory needs terabytes of address space, and its report must be seen
    (void)options;
    return;
  }
  if (std::FILE* statm = std::fopen("/proc/self/statm", "r")) {
    unsigned long long pages = 0;
    if (std::fscanf(statm, "%llu", &pages) == 1) {
      const rlim_t now = static_cast<rlim_t>(pages) * static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
      const rlim_t most = now + 2 * static_cast<rlim_t>(options.max_bytes) + (rlim_t{1} << 30);
      const rlimit memory{most, most};
      ::setrlimit(RLIMIT_AS, &memory);
    }
    std::fclose(statm);
  }
  const int nowhere = ::open("/dev/null", O_WRONLY | O_CLOEXEC);
  if (nowhere >= 0) ::dup2(nowhere, STDERR_FILENO);  // glibc and libhdf5 print when they abort
}

/// read() runs in a child process, and its answer comes back; with options.isolate false it runs here.
/// in     path, for messages; read: a function without parameters that returns something wire::pass can send
/// errors bad_data and bad_option as read() throws them; bad_data where the child crashes, or needs too much time or memory
///        (read must not call isolated again: it would wait for itself)
/// cost   the answer stands in memory twice while it is handed over; a pipe carries about 2 GB/s
template <class Read>
auto isolated(const std::string& path, const read_options& options, Read&& read) -> std::invoke_result_t<Read> {
  using answer_type = std::invoke_result_t<Read>;
  std::unique_lock hold(hdf5_lock());
  const auto too_much = "reading it needs more memory than there is or than max_bytes (" + std::to_string(options.max_bytes) +
                        " bytes) allows; raise the limit or read a smaller file";
  if (!options.isolate) {
    try {
      return read();
    } catch (const std::bad_alloc&) {
      refuse(path, "", too_much);
    }
  }
  int ends[2];
  if (::pipe(ends) != 0) refuse(path, "", "no pipe to a reading process can be made; close some files, or set isolate = false");
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  const double seconds = seconds_for(path, options);
  const pid_t child = ::fork();
  if (child < 0) {
    ::close(ends[0]);
    ::close(ends[1]);
    refuse(path, "", "no reading process can be started; free some memory, or set isolate = false");
  }
  if (child == 0) {
    ::close(ends[0]);
    confine_child(options, seconds);
    wire::to_pipe out(ends[1]);
    char verdict = 'v';
    std::string sentence;
    std::optional<answer_type> answer;
    try {
      answer.emplace(read());
    } catch (const bad_data& e) {
      verdict = 'd', sentence = e.what();
    } catch (const bad_option& e) {
      verdict = 'o', sentence = e.what();
    } catch (const std::bad_alloc&) {
      verdict = 'm';
    } catch (const std::exception& e) {
      verdict = 'e', sentence = e.what();
    }
    try {
      wire::pass(out, verdict);
      if (answer) wire::pass(out, *answer);
      if (!answer) wire::pass(out, sentence);
      out.flush();
    } catch (...) {
      ::_exit(1);
    }
    ::_exit(0);
  }
  ::close(ends[1]);
  hold.unlock();

  using clock = wire::from_pipe::clock;
  // Waiting for a disk is not the child's fault: the clock on the wall may take longer than the processor's.
  const auto until = clock::now() + std::chrono::milliseconds(static_cast<long long>(1000 * (4 * seconds + 1)));
  wire::from_pipe in(ends[0], 2 * static_cast<std::uint64_t>(options.max_bytes), until);
  char verdict = 'c';
  bool too_long = false;
  std::string sentence;
  answer_type answer{};
  try {
    wire::pass(in, verdict);
    if (verdict == 'v') {
      wire::pass(in, answer);
    } else {
      wire::pass(in, sentence);
    }
  } catch (const wire::pipe_ended& e) {
    verdict = 'c', too_long = e.too_long;
  } catch (...) {
    verdict = 'm';
  }
  ::close(ends[0]);
  if (verdict == 'c' || verdict == 'm') ::kill(child, SIGKILL);
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  switch (verdict) {
    case 'v':
      return answer;
    case 'd':
      throw bad_data(sentence);
    case 'o':
      throw bad_option(sentence);
    case 'm':
      refuse(path, "", too_much);
    case 'e':
      refuse(path, "", "it cannot be read (" + sentence + "); write it again");
    default:
      break;
  }
  if (too_long || (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU))
    refuse(path, "",
           "reading it took longer than " + shortest(seconds) +
               " s, so it is damaged or very large; write it again, or raise max_seconds");
  refuse(path, "",
         "it is damaged so that the HDF5 library crashes on it" +
             (WIFSIGNALED(status) ? " (signal " + std::to_string(WTERMSIG(status)) + ")" : std::string()) +
             "; get the file again from where it came");
}

}  // namespace tepui::io
