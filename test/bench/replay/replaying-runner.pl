# A runner that takes a task and says what another one said, at the same pace, and does nothing else. In Perl, because that
# starts with a tenth of the CPU that Node takes. Its argument is a file of records, a line of JSON each, the first of which
# is said before the task comes.
use strict;
use warnings;
use Time::HiRes qw(sleep time);

# The channel, which Node would find by NODE_CHANNEL_FD.
open(my $commands, '<&=', 3) or die "no channel: $!";
open(my $channel, '>&', 3) or die "no channel: $!";
$channel->autoflush(1);
open(my $file, '<', $ARGV[0]) or die "no records: $!";
chomp(my ($first, @records) = <$file>);

say_now($first);
exit 1 unless defined <$commands>;
my $later;
for my $record (@records) {
  my ($at) = $record =~ /"at":([\d.]+)/;
  $later //= time - $at / 1000;
  my $wait = $at / 1000 + $later - time;
  sleep $wait if $wait > 0.001;
  say_now($record);
}

sub say_now {
  my ($record) = @_;
  my $now = sprintf '%.3f', time * 1000;
  $record =~ s/"at":[\d.]+/"at":$now/;
  print $channel "$record\n";
}
