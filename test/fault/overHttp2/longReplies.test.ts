import '../../support/overHttp2';
import '../longReplies.test';
